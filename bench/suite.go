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
