package platform

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"opsbot/internal/lab"
)

// buildKubectl builds the kubectl of the control plane's version into the user's cache.
func buildKubectl(ctx context.Context, root string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	target := filepath.Join(cache, "opsbot", "bench", "kubectl")
	return target, lab.Build(ctx, filepath.Join(root, "bench", "tools"), target, "k8s.io/kubernetes/cmd/kubectl")
}

// command is kubectl as the administrator.
func (p *Platform) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.kubectl, args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+p.Kubeconfig(), "HOME="+p.home)
	return cmd
}

func (p *Platform) run(ctx context.Context, args ...string) error {
	if text, err := p.command(ctx, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, text)
	}
	return nil
}

func (p *Platform) output(ctx context.Context, args ...string) (string, error) {
	text, err := p.command(ctx, args...).Output()
	if err != nil {
		return "", fmt.Errorf("kubectl %s: %w", strings.Join(args, " "), err)
	}
	return string(text), nil
}
