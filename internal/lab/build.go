package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// SourceRoot is the directory of the module that this program is part of.
func SourceRoot(ctx context.Context) (string, error) {
	file, err := Output(ctx, "go", "env", "GOMOD")
	if err != nil {
		return "", err
	}
	root := filepath.Dir(strings.TrimSpace(string(file)))
	if _, err := os.Stat(filepath.Join(root, "cmd", "opsbot")); err != nil {
		return "", fmt.Errorf("run the benchmark inside opsbot's source tree: %w", err)
	}
	return root, nil
}

// BuildOpsbot builds what a release contains: static, stripped.
func BuildOpsbot(ctx context.Context, root, dir string) (string, error) {
	target := filepath.Join(dir, "opsbot")
	return target, build(ctx, root, target, "./cmd/opsbot")
}

// BuildKubectl builds the kubectl of the control plane's version into the user's cache.
func BuildKubectl(ctx context.Context, root string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	target := filepath.Join(cache, "opsbot", "bench", "kubectl")
	return target, build(ctx, filepath.Join(root, "bench", "tools"), target, "k8s.io/kubernetes/cmd/kubectl")
}

func build(ctx context.Context, dir, target, pkg string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", target, pkg)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w: %s", pkg, err, bytes.TrimSpace(text))
	}
	return evict(target)
}

// Output runs a program and returns its standard output; its error holds what it said.
func Output(ctx context.Context, program string, args ...string) ([]byte, error) {
	text, err := exec.CommandContext(ctx, program, args...).Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, fmt.Errorf("%s %s: %w: %s", filepath.Base(program), strings.Join(args, " "), err, bytes.TrimSpace(exit.Stderr))
	}
	return text, err
}
