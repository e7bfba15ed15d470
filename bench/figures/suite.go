package figures

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"opsbot/bench/platform"
	"opsbot/internal/lab"
)

// Suite is what all figures share: the lab, and the peers and the control plane once a figure needs them.
type Suite struct {
	*lab.Lab
	quick   bool
	runs    int // names the directories of the processes
	peers   []peer
	cluster *platform.Platform
	grown   bool // the cluster is a large one
}

// NewSuite builds opsbot.
func NewSuite(ctx context.Context, quick bool, progress io.Writer) (*Suite, error) {
	l, err := lab.New(ctx, "bench", progress)
	return &Suite{Lab: l, quick: quick}, err
}

// startedPlatform starts the control plane for the first figure that needs it.
func (s *Suite) startedPlatform(ctx context.Context) (*platform.Platform, error) {
	if s.cluster != nil {
		return s.cluster, nil
	}
	p, err := platform.Start(ctx, s.Lab)
	if err != nil {
		return nil, err
	}
	s.cluster = p
	return p, nil
}

// newDir is a directory for one process.
func (s *Suite) newDir(name string) (string, error) {
	s.runs++
	dir := filepath.Join(s.Dir, fmt.Sprintf("%03d-%s", s.runs, name))
	return dir, os.Mkdir(dir, 0o700)
}

// pick chooses the size of a load.
func pick[T any](s *Suite, usual, quick T) T {
	if s.quick {
		return quick
	}
	return usual
}
