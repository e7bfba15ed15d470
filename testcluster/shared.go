package testcluster

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	sharedReadyDelay = 50 * time.Millisecond
	sharedTimeout    = 20 * time.Minute
)

// shared is the one cluster of a test binary. It is package state because a test binary has no other place whose life
// spans its tests; nothing but Main and Shared touches it.
var shared struct { //nolint:gochecknoglobals // one cluster for all tests of a binary: TestMain stops what the first test starts
	once    sync.Once
	cluster *Cluster
	err     error
}

// Main runs the tests of a package and stops the shared cluster after them; call it from TestMain.
func Main(m *testing.M) {
	code := m.Run()
	if shared.cluster != nil {
		if err := shared.cluster.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "stop shared test cluster:", err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// Shared returns the cluster, with metrics, that all tests of this binary share, starting it for the first of them. It skips
// the test with -short. The package needs a TestMain that calls Main.
func Shared(t testing.TB) *Cluster {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane")
	}
	shared.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), sharedTimeout)
		defer cancel()
		options := Options{Metrics: true, ReadyDelay: sharedReadyDelay, Log: os.Stderr}
		shared.cluster, shared.err = Start(ctx, options)
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.cluster
}

// NewNamespace creates a namespace of the shared cluster for one test and deletes it when the test ends.
func NewNamespace(t testing.TB) string {
	t.Helper()
	c := Shared(t)
	name := namespaceName(t.Name(), time.Now())
	if err := c.CreateNamespace(context.Background(), name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.DeleteNamespace(context.Background(), name); err != nil {
			t.Error(err)
		}
	})
	return name
}

// namespaceName makes a valid and unique name that still tells which test it belongs to.
func namespaceName(test string, now time.Time) string {
	var b strings.Builder
	for _, r := range strings.ToLower(test) {
		if (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9') {
			b.WriteRune(r)
		}
	}
	name := b.String()
	if len(name) > 40 {
		name = name[:40]
	}
	return fmt.Sprintf("t-%s-%x", name, now.UnixNano())
}
