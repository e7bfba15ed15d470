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
		return "", fmt.Errorf("run this inside opsbot's source tree: %w", err)
	}
	return root, nil
}

// BuildOpsbot builds what a release contains: static, stripped.
func BuildOpsbot(ctx context.Context, root, target string, flags ...string) error {
	return Build(ctx, root, target, "./cmd/opsbot", flags...)
}

// Build builds a static, stripped program of the module in dir, with the flags of the Makefile, so that both share one build
// cache.
func Build(ctx context.Context, dir, target, pkg string, flags ...string) error {
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-tags", "grpcnotrace", "-ldflags", "-s -w", "-o", target}, flags...)
	cmd := exec.CommandContext(ctx, "go", append(args, pkg)...)
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

// FindProgram is the first of the names that is installed.
func FindProgram(names ...string) (string, error) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("none of %v is installed: %w", names, exec.ErrNotFound)
}
