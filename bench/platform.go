package main

import (
	"context"
	"crypto/rand"
	"fmt"
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

// platform starts it for the first figure that needs it.
func (s *suite) platform(ctx context.Context) (*platform, error) {
	if s.cluster != nil {
		return s.cluster, nil
	}
	p := &platform{home: filepath.Join(s.dir, "kubectl"), botFile: filepath.Join(s.dir, "opsbot.kubeconfig")}
	if err := os.Mkdir(p.home, 0o700); err != nil {
		return nil, err
	}
	var err error
	s.say("building kubectl")
	if p.kubectl, err = buildKubectl(ctx, s.root); err != nil {
		return nil, err
	}
	s.say("starting the control plane")
	if p.Cluster, err = testcluster.Start(ctx, testcluster.Options{Metrics: true, Log: s.progress}); err != nil {
		return nil, err
	}
	s.Add("control plane", p.Cluster.Close)
	for _, step := range []func(context.Context, *suite) error{p.deploy, p.grant} {
		if err := step(ctx, s); err != nil {
			return nil, err
		}
	}
	s.cluster = p
	return p, nil
}

// deploy brings up the platform and waits for figures of its use, which /health and kubectl top show.
func (p *platform) deploy(ctx context.Context, s *suite) error {
	if err := p.ApplyPlatform(ctx, testcluster.PlatformOptions{}); err != nil {
		return err
	}
	s.say("waiting for metrics")
	return p.AwaitMetrics(ctx, testcluster.PlatformNamespace, 2*time.Minute)
}

// grant applies what `opsbot rbac` prints and makes the kubeconfig of the account that it describes.
func (p *platform) grant(ctx context.Context, s *suite) error {
	const namespace, account = "opsbot", "opsbot"
	rights, err := p.rights(ctx, s)
	if err != nil {
		return err
	}
	if err := p.CreateNamespace(ctx, namespace); err != nil {
		return err
	}
	file := filepath.Join(s.dir, "rbac.yaml")
	if err := os.WriteFile(file, rights, 0o600); err != nil {
		return err
	}
	if err := p.run(ctx, "apply", "-f", file); err != nil {
		return err
	}
	config, err := p.ServiceAccountConfig(ctx, namespace, account)
	if err != nil {
		return err
	}
	return p.WriteKubeconfig(p.botFile, config, testcluster.PlatformNamespace)
}

// rights come from a configuration like that of every round; only its addresses and tokens are not real.
func (p *platform) rights(ctx context.Context, s *suite) ([]byte, error) {
	file := filepath.Join(s.dir, "rights.yaml")
	text := fmt.Sprintf(opsbotFile, "xoxb-1", "xapp-1", "https://slack.com/api/", p.botFile, "127.0.0.1:0", rand.Text(),
		"sqlite://"+filepath.Join(s.dir, "rights.db"), "file://"+s.dir, filepath.Join(s.root, "configs", "contacts.yaml"))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, err
	}
	return lab.Output(ctx, s.opsbot, "rbac", "--config", file)
}
