package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"opsbot/testcluster"
)

// platform is the control plane with the handbook's services, a kubectl of its version, and opsbot's rights in it.
type platform struct {
	*testcluster.Cluster
	kubectl string
	home    string // of kubectl, for its discovery cache
	botFile string // kubeconfig of opsbot's service account
}

// platform starts it for the first figure that needs it.
func (s *suite) platform(ctx context.Context) (*platform, error) {
	if s.cluster != nil {
		return s.cluster, nil
	}
	p := &platform{home: filepath.Join(s.Dir, "kubectl")}
	if err := os.Mkdir(p.home, 0o700); err != nil {
		return nil, err
	}
	var err error
	s.Say("building kubectl")
	if p.kubectl, err = buildKubectl(ctx, s.Root); err != nil {
		return nil, err
	}
	s.Say("starting the control plane")
	if p.Cluster, err = testcluster.Start(ctx, testcluster.Options{Metrics: true, Log: s}); err != nil {
		return nil, err
	}
	s.Add("control plane", p.Cluster.Close)
	if err := p.deploy(ctx, s); err != nil {
		return nil, err
	}
	if p.botFile, err = s.Grant(ctx, p.Cluster); err != nil {
		return nil, err
	}
	s.cluster = p
	return p, nil
}

// deploy brings up the platform and waits for figures of its use, which /health and kubectl top show.
func (p *platform) deploy(ctx context.Context, s *suite) error {
	if err := p.ApplyPlatform(ctx, testcluster.PlatformOptions{}); err != nil {
		return err
	}
	s.Say("waiting for metrics")
	return p.AwaitMetrics(ctx, testcluster.PlatformNamespace, 2*time.Minute)
}
