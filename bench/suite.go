package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"opsbot/internal/lab"
)

// suite is what all figures share: the lab, and the control plane once a figure needs it.
type suite struct {
	*lab.Lab
	quick   bool
	runs    int // names the directories of the processes
	cluster *platform
}

func newSuite(ctx context.Context, quick bool, progress io.Writer) (*suite, error) {
	l, err := lab.New(ctx, "bench", progress)
	return &suite{Lab: l, quick: quick}, err
}

// platform starts the control plane for the first figure that needs it.
func (s *suite) platform(ctx context.Context) (*platform, error) {
	if s.cluster != nil {
		return s.cluster, nil
	}
	p, err := startPlatform(ctx, s.Lab)
	if err != nil {
		return nil, err
	}
	s.cluster = p
	return p, nil
}

// newDir is a directory for one process.
func (s *suite) newDir(name string) (string, error) {
	s.runs++
	dir := filepath.Join(s.Dir, fmt.Sprintf("%03d-%s", s.runs, name))
	return dir, os.Mkdir(dir, 0o700)
}

// pick chooses the size of a load.
func pick[T any](s *suite, usual, quick T) T {
	if s.quick {
		return quick
	}
	return usual
}
