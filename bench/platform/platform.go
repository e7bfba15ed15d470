// Package platform is a control plane with the handbook's services, and what a person would do there with kubectl.
package platform

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"opsbot/internal/lab"
	"opsbot/testcluster"
)

// Platform is the control plane with the handbook's services, a kubectl of its version, and opsbot's rights in it.
type Platform struct {
	*testcluster.Cluster
	kubectl string
	home    string // of kubectl, for its discovery cache
	BotFile string // kubeconfig of opsbot's service account
}

// Start starts the control plane and its services; they are taken down with the lab.
func Start(ctx context.Context, l *lab.Lab) (*Platform, error) {
	p := &Platform{home: filepath.Join(l.Dir, "kubectl")}
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
	p.BotFile, err = l.Grant(ctx, p.Cluster)
	return p, err
}

// deploy brings up the platform and waits for figures of its use, which /health and kubectl top show.
func (p *Platform) deploy(ctx context.Context, l *lab.Lab) error {
	if err := p.ApplyPlatform(ctx, testcluster.PlatformOptions{}); err != nil {
		return err
	}
	l.Say("waiting for metrics")
	return p.AwaitMetrics(ctx, testcluster.PlatformNamespace, 2*time.Minute)
}
