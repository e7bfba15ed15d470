package testcluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"opsbot/testcluster/host"
	"opsbot/testcluster/pki"
	"opsbot/testcluster/programs"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

const defaultReadyDelay = time.Second

// Options of a cluster; the zero value is a cluster as the demo wants it, without metrics.
type Options struct {
	// Metrics runs metrics-server, for `kubectl top` and autoscaling. The first figures come about 25 s after start.
	Metrics bool
	// ReadyDelay is how long a pod takes to become ready, and the unit of the other delays of its life; default 1 s.
	ReadyDelay time.Duration
	// FeatureGates of the API server, such as "ConstrainedImpersonation=false".
	FeatureGates string
	// Log receives progress lines; nil discards them.
	Log io.Writer
}

// Cluster is a running control plane with three simulated nodes. It is safe for concurrent use.
type Cluster struct {
	options     Options
	tools       *programs.Toolset
	dir         string
	pki         *pki.Files
	probeClient pki.KeyPair
	apiPort     int
	admin       *rest.Config
	client      kubernetes.Interface
	applier     *applier
	caretaker   *caretaker

	mu       sync.Mutex
	cleanups []func() error
}

// Start builds the programs if necessary and starts a cluster. It returns when pods can be scheduled. On failure
// everything that was started is stopped again, and the error holds the end of the failing program's log.
func Start(ctx context.Context, options Options) (*Cluster, error) {
	if options.ReadyDelay == 0 {
		options.ReadyDelay = defaultReadyDelay
	}
	if options.Log == nil {
		options.Log = io.Discard
	}
	tools, err := programs.Build(ctx, options.Log)
	if err != nil {
		return nil, err
	}
	c := &Cluster{options: options, tools: tools}
	if err := c.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start test cluster: %w", err), c.Close())
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context) error {
	steps := []func(context.Context) error{
		c.prepareDir, c.startAPI, c.startControllers, c.installKwok, c.startNodes, c.startCaretaker,
	}
	if c.options.Metrics {
		steps = append(steps, c.startMetrics)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Close stops everything in reverse order of its start and removes all data. It may be called more than once.
func (c *Cluster) Close() error {
	c.mu.Lock()
	cleanups := c.cleanups
	c.cleanups = nil
	c.mu.Unlock()
	var errs []error
	for i := len(cleanups) - 1; i >= 0; i-- {
		errs = append(errs, cleanups[i]())
	}
	return errors.Join(errs...)
}

// onClose registers what undoes a step; call it the moment the thing exists.
func (c *Cluster) onClose(cleanup func() error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cleanups = append(c.cleanups, cleanup)
}

// Client returns the administrator's client.
func (c *Cluster) Client() kubernetes.Interface { return c.client }

func (c *Cluster) logDir() string { return filepath.Join(c.dir, "logs") }

func (c *Cluster) podLogDir() string { return filepath.Join(c.dir, "pods") }

func (c *Cluster) prepareDir(context.Context) error {
	dir, remove, err := host.NewDataDir()
	if err != nil {
		return err
	}
	c.dir = dir
	c.onClose(remove)
	policy, err := render("manifests/audit-policy.yaml")
	if err != nil {
		return err
	}
	if err := host.WriteFiles(c.dir, map[string][]byte{auditPolicyFile: policy}); err != nil {
		return fmt.Errorf("write audit policy: %w", err)
	}
	for _, dir := range []string{c.logDir(), c.podLogDir()} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return fmt.Errorf("create data directory: %w", err)
		}
	}
	if c.pki, err = pki.New(filepath.Join(c.dir, "pki")); err != nil {
		return err
	}
	c.probeClient, err = c.pki.CA.Client("testcluster-probe", adminsGroup)
	return err
}
