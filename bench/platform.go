package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"opsbot/internal/lab"
	"opsbot/testcluster"
)

// platform is the control plane with the handbook's services, a kubectl of its version, and opsbot's rights in it.
type platform struct {
	*testcluster.Cluster
	kubectl string
	home    string // of kubectl, for its discovery cache
	botFile string // kubeconfig of opsbot's service account
}

// startPlatform starts it; it is taken down with the lab.
func startPlatform(ctx context.Context, l *lab.Lab) (*platform, error) {
	p := &platform{home: filepath.Join(l.Dir, "kubectl")}
	if err := os.Mkdir(p.home, 0o700); err != nil {
		return nil, err
	}
	var err error
	l.Say("building kubectl")
	if p.kubectl, err = buildKubectl(ctx, l.Root); err != nil {
		return nil, err
	}
	l.Say("starting the control plane")
	if p.Cluster, err = testcluster.Start(ctx, testcluster.Options{Metrics: true, Log: l}); err != nil {
		return nil, err
	}
	l.Add("control plane", p.Cluster.Close)
	if err := p.deploy(ctx, l); err != nil {
		return nil, err
	}
	p.botFile, err = l.Grant(ctx, p.Cluster)
	return p, err
}

// deploy brings up the platform and waits for figures of its use, which /health and kubectl top show.
func (p *platform) deploy(ctx context.Context, l *lab.Lab) error {
	if err := p.ApplyPlatform(ctx, testcluster.PlatformOptions{}); err != nil {
		return err
	}
	l.Say("waiting for metrics")
	return p.AwaitMetrics(ctx, testcluster.PlatformNamespace, 2*time.Minute)
}
