package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"opsbot/slacksim"
)

// Lab is where everything of a run stands: opsbot as it was built, a directory for data and logs, and whatever was added to be
// taken down with it.
type Lab struct {
	Teardown
	Root     string // of the source tree
	Dir      string
	Opsbot   string // path of the program
	Manifest []byte // opsbot's Slack app manifest

	mu       sync.Mutex
	progress io.Writer
}

// New builds opsbot. The name is a part of the directory's.
func New(ctx context.Context, name string, progress io.Writer) (_ *Lab, err error) {
	l := &Lab{progress: progress}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.Close())
		}
	}()
	if l.Root, err = SourceRoot(ctx); err != nil {
		return nil, err
	}
	if l.Dir, err = os.MkdirTemp("", "opsbot-"+name+"-"); err != nil {
		return nil, err
	}
	l.Add("data directory", func() error { return os.RemoveAll(l.Dir) })
	l.Say("building opsbot")
	l.Opsbot = filepath.Join(l.Dir, "opsbot")
	if err := BuildOpsbot(ctx, l.Root, l.Opsbot); err != nil {
		return nil, err
	}
	l.Manifest, err = Output(ctx, l.Opsbot, "manifest")
	return l, err
}

// Say tells of progress. It is safe for concurrent use.
func (l *Lab) Say(format string, args ...any) { fmt.Fprintf(l, "· "+format+"\n", args...) }

// Write passes on what others tell of progress.
func (l *Lab) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.progress.Write(text)
}

// Contacts is the contact table that every opsbot has.
func (l *Lab) Contacts() string { return filepath.Join(l.Root, "configs", "contacts.yaml") }

// StartSlack starts a workspace for opsbot's manifest. Everybody in it reads English: there is one wording to wait for.
func (l *Lab) StartSlack(o slacksim.Options) (*slacksim.Workspace, error) {
	o.Manifest, o.Users = l.Manifest, slacksim.DefaultUsers()
	for i := range o.Users {
		o.Users[i].Locale = "en-US"
	}
	return slacksim.Start(o)
}
