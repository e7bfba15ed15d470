package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
func (l *lab) platform(ctx context.Context) (*platform, error) {
	if l.cluster != nil {
		return l.cluster, nil
	}
	p := &platform{home: filepath.Join(l.dir, "kubectl"), botFile: filepath.Join(l.dir, "opsbot.kubeconfig")}
	if err := os.Mkdir(p.home, 0o700); err != nil {
		return nil, err
	}
	var err error
	l.say("building kubectl")
	if p.kubectl, err = buildKubectl(ctx, l.root); err != nil {
		return nil, err
	}
	l.say("starting the control plane")
	if p.Cluster, err = testcluster.Start(ctx, testcluster.Options{Metrics: true, Log: l.progress}); err != nil {
		return nil, err
	}
	l.add("control plane", p.Cluster.Close)
	for _, step := range []func(context.Context, *lab) error{p.deploy, p.grant} {
		if err := step(ctx, l); err != nil {
			return nil, err
		}
	}
	l.cluster = p
	return p, nil
}

// deploy brings up the platform and waits for figures of its use, which /health and kubectl top show.
func (p *platform) deploy(ctx context.Context, l *lab) error {
	if err := p.ApplyPlatform(ctx, testcluster.PlatformOptions{}); err != nil {
		return err
	}
	l.say("waiting for metrics")
	return p.AwaitMetrics(ctx, testcluster.PlatformNamespace, 2*time.Minute)
}

// grant applies what `opsbot rbac` prints and makes the kubeconfig of the account that it describes.
func (p *platform) grant(ctx context.Context, l *lab) error {
	const namespace, account = "opsbot", "opsbot"
	rights, err := p.rights(ctx, l)
	if err != nil {
		return err
	}
	if err := p.CreateNamespace(ctx, namespace); err != nil {
		return err
	}
	file := filepath.Join(l.dir, "rbac.yaml")
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
func (p *platform) rights(ctx context.Context, l *lab) ([]byte, error) {
	file := filepath.Join(l.dir, "rights.yaml")
	text := fmt.Sprintf(opsbotFile, "xoxb-1", "xapp-1", "https://slack.com/api/", p.botFile, "127.0.0.1:0", rand.Text(),
		"sqlite://"+filepath.Join(l.dir, "rights.db"), "file://"+l.dir, filepath.Join(l.root, "configs", "contacts.yaml"))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, err
	}
	return output(ctx, l.opsbot, "rbac", "--config", file)
}

// command is kubectl as the administrator.
func (p *platform) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.kubectl, args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+p.Kubeconfig(), "HOME="+p.home)
	return cmd
}

func (p *platform) run(ctx context.Context, args ...string) error {
	if text, err := p.command(ctx, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, text)
	}
	return nil
}
