package slacksim

import (
	"embed"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"testing"
	"time"

	"opsbot/slacksim/client"
	"opsbot/slacksim/manifest"
	"opsbot/slacksim/page"
	"opsbot/slacksim/socketmode"
	"opsbot/slacksim/webapi"
	"opsbot/slacksim/workspace"
)

//go:embed all:web/dist
var builtPage embed.FS

// Workspace is a running Slack workspace with one installed app.
type Workspace struct {
	*workspace.Workspace
	*socketmode.Server
	api      *webapi.API
	client   *client.Client
	page     *page.Server
	listener net.Listener
	pipes    *pipeListener
	server   *http.Server
}

// Start builds the workspace and serves it until Close.
func Start(opts Options) (*Workspace, error) {
	opts = withDefaults(opts)
	m, err := manifest.Parse(opts.Manifest)
	if err != nil {
		return nil, err
	}
	w := &Workspace{}
	if err := w.listen(opts); err != nil {
		return nil, err
	}
	if w.Workspace, err = workspace.New(opts, m, w.address()); err != nil {
		_ = w.listener.Close() // nobody has connected
		return nil, err
	}
	dist, err := fs.Sub(builtPage, "web/dist")
	if err != nil {
		panic(err) // the path is embedded above
	}
	w.Server = socketmode.New(w.Workspace)
	w.api = webapi.New(w.Workspace, w.Server.NewURL)
	w.client = client.New(w.Workspace)
	w.page = page.New(w.Workspace, w.client, w.Server, dist)
	w.Attach(w.Server, w.page)
	w.serve()
	return w, nil
}

// New starts a workspace for one test. When the test ends it is closed, and
// the test fails on every violation that AllowViolation did not announce.
func New(t testing.TB, opts Options) *Workspace {
	t.Helper()
	w, err := Start(opts)
	if err != nil {
		t.Fatalf("start the Slack simulator: %v", err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Errorf("close the Slack simulator: %v", err)
		}
		for _, v := range w.Violations() {
			t.Errorf("Slack violation: %v", v)
		}
	})
	return w
}

func (w *Workspace) listen(opts Options) error {
	if opts.InMemory {
		w.pipes = newPipeListener()
		w.listener = w.pipes
		return nil
	}
	l, err := net.Listen("tcp", opts.Addr)
	if err != nil {
		return fmt.Errorf("listen for the Slack simulator: %w", err)
	}
	w.listener = l
	return nil
}

func (w *Workspace) address() string {
	if w.pipes != nil {
		return "http://slacksim.local"
	}
	return "http://" + w.listener.Addr().String()
}

func (w *Workspace) serve() {
	mux := http.NewServeMux()
	w.api.Route(mux)
	mux.Handle("GET /link/", w.api.WithFaults(w.Serve))
	w.page.Route(mux)
	w.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	w.Group.Go(func() {
		// Serve always returns an error; after Close it is ErrServerClosed.
		_ = w.server.Serve(w.listener)
	})
}

// Close drops every connection and stops the workspace. Its records stay
// readable.
func (w *Workspace) Close() error {
	w.Mu.Lock()
	if w.Closed {
		w.Mu.Unlock()
		return nil
	}
	w.Closed = true
	w.CloseAll()
	w.page.CloseStreams()
	w.api.CancelScheduled()
	w.Mu.Unlock()
	w.Stop()
	err := w.server.Close()
	w.Group.Wait()
	return err
}

// SetPanel replaces the page's panel.
func (w *Workspace) SetPanel(groups []PanelGroup) { w.page.SetPanel(groups) }
