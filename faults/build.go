package main

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

// sourceRoot is the directory of the module that this program is part of.
func sourceRoot(ctx context.Context) (string, error) {
	file, err := output(ctx, "go", "env", "GOMOD")
	if err != nil {
		return "", err
	}
	root := filepath.Dir(strings.TrimSpace(string(file)))
	if _, err := os.Stat(filepath.Join(root, "cmd", "opsbot")); err != nil {
		return "", fmt.Errorf("run this inside opsbot's source tree: %w", err)
	}
	return root, nil
}

// buildOpsbot builds what a release contains, with the flags of the Makefile, so that both share one build cache.
func buildOpsbot(ctx context.Context, root, target string, flags ...string) error {
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-tags", "grpcnotrace", "-o", target}, flags...)
	cmd := exec.CommandContext(ctx, "go", append(args, "./cmd/opsbot")...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build opsbot: %w: %s", err, bytes.TrimSpace(text))
	}
	return nil
}

// output runs a program and returns its standard output; its error holds what it said.
func output(ctx context.Context, program string, args ...string) ([]byte, error) {
	text, err := exec.CommandContext(ctx, program, args...).Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, fmt.Errorf("%s %s: %w: %s", filepath.Base(program), strings.Join(args, " "), err, bytes.TrimSpace(exit.Stderr))
	}
	return text, err
}
