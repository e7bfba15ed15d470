package store

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/pgtest"
	"opsbot/store/sqldb"
)

// start is when the tests' story begins.
var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// onEachBackend runs test on an empty store of every kind; all of them must behave alike.
func onEachBackend(t *testing.T, test func(*testing.T, *Store)) {
	for name, url := range map[string]func(testing.TB) string{"sqlite file": fileURL, "sqlite memory": memoryURL, "postgres": postgresURL} {
		t.Run(name, func(t *testing.T) { test(t, openURL(t, url(t))) })
	}
}

// onEachServer is onEachBackend for benchmarks, which measure what is on a disk.
func onEachServer(b *testing.B, bench func(*testing.B, *Store)) {
	for name, url := range map[string]func(testing.TB) string{"sqlite": fileURL, "postgres": postgresURL} {
		b.Run(name, func(b *testing.B) { bench(b, openURL(b, url(b))) })
	}
}

func fileURL(t testing.TB) string { return "sqlite://" + t.TempDir() + "/opsbot.db" }

func memoryURL(testing.TB) string { return "sqlite://" + sqldb.MemoryPath }

func openURL(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// postgres are the servers of this package's tests.
var postgres pgtest.Servers

func postgresURL(t testing.TB) string { t.Helper(); return postgres.URL(t) }

func TestMain(m *testing.M) {
	if url := os.Getenv(crashURL); url != "" {
		appendForEver(url)
	}
	code := m.Run()
	for _, err := range postgres.Close() {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}
