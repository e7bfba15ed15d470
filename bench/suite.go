package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"opsbot/internal/lab"
)

// suite is what all figures share: built programs, a directory for data and logs, and the control plane once a figure
// needs it.
type suite struct {
	lab.Teardown
	quick    bool
	progress io.Writer
	root     string // of the source tree
	dir      string
	opsbot   string // path of the program
	manifest []byte // opsbot's Slack app manifest
	runs     int    // names the directories of the processes
	cluster  *platform
}

func newSuite(ctx context.Context, quick bool, progress io.Writer) (_ *suite, err error) {
	s := &suite{quick: quick, progress: progress}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.root, err = lab.SourceRoot(ctx); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp("", "opsbot-bench-"); err != nil {
		return nil, err
	}
	s.Add("data directory", func() error { return os.RemoveAll(s.dir) })
	s.say("building opsbot")
	s.opsbot = filepath.Join(s.dir, "opsbot")
	if err := lab.BuildOpsbot(ctx, s.root, s.opsbot); err != nil {
		return nil, err
	}
	s.manifest, err = lab.Output(ctx, s.opsbot, "manifest")
	return s, err
}

func (s *suite) say(format string, args ...any) { fmt.Fprintf(s.progress, "· "+format+"\n", args...) }

// newDir is a directory for one process.
func (s *suite) newDir(name string) (string, error) {
	s.runs++
	dir := filepath.Join(s.dir, fmt.Sprintf("%03d-%s", s.runs, name))
	return dir, os.Mkdir(dir, 0o700)
}

// pick chooses the size of a load.
func pick[T any](s *suite, usual, quick T) T {
	if s.quick {
		return quick
	}
	return usual
}
