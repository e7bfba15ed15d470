package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// lab is what all figures share: built programs, a directory for data and logs, and the control plane once a figure
// needs it.
type lab struct {
	teardown
	quick    bool
	progress io.Writer
	root     string // of the source tree
	dir      string
	opsbot   string // path of the program
	manifest []byte // opsbot's Slack app manifest
	runs     int    // names the directories of the processes
	cluster  *platform
}

func newLab(ctx context.Context, quick bool, progress io.Writer) (_ *lab, err error) {
	l := &lab{quick: quick, progress: progress}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.Close())
		}
	}()
	if l.root, err = sourceRoot(ctx); err != nil {
		return nil, err
	}
	if l.dir, err = os.MkdirTemp("", "opsbot-bench-"); err != nil {
		return nil, err
	}
	l.add("data directory", func() error { return os.RemoveAll(l.dir) })
	l.say("building opsbot")
	if l.opsbot, err = buildOpsbot(ctx, l.root, l.dir); err != nil {
		return nil, err
	}
	l.manifest, err = output(ctx, l.opsbot, "manifest")
	return l, err
}

func (l *lab) say(format string, args ...any) { fmt.Fprintf(l.progress, "· "+format+"\n", args...) }

// newDir is a directory for one process.
func (l *lab) newDir(name string) (string, error) {
	l.runs++
	dir := filepath.Join(l.dir, fmt.Sprintf("%03d-%s", l.runs, name))
	return dir, os.Mkdir(dir, 0o700)
}

// pick chooses the size of a load.
func pick[T any](l *lab, usual, quick T) T {
	if l.quick {
		return quick
	}
	return usual
}
