package slacksim

import (
	"embed"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"testing"
	"time"
)

//go:embed all:web/dist
var builtPage embed.FS

// Workspace is a running Slack workspace with one installed app.
type Workspace struct {
	*core
	*Sockets
	api      *API
	client   *Client
	page     *Server
	listener net.Listener
	pipes    *pipeListener
	server   *http.Server
}

// Start builds the workspace and serves it until Close.
func Start(opts Options) (*Workspace, error) {
	opts = withDefaults(opts)
	m, err := parseManifest(opts.Manifest)
	if err != nil {
		return nil, err
	}
	w := &Workspace{}
	if err := w.listen(opts); err != nil {
		return nil, err
	}
	if w.core, err = newCore(opts, m, w.address()); err != nil {
		_ = w.listener.Close() // nobody has connected
		return nil, err
	}
	dist, err := fs.Sub(builtPage, "web/dist")
	if err != nil {
		panic(err) // the path is embedded above
	}
	w.Sockets = newSockets(w.core)
	w.api = newAPI(w.core, w.Sockets.newURL)
	w.client = newClient(w.core)
	w.page = newServer(w.core, w.client, w.Sockets, dist)
	w.attach(w.Sockets, w.page)
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
	w.api.route(mux)
	mux.Handle("GET /link/", w.api.faulty(w.serveSocket))
	w.page.route(mux)
	w.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	w.group.Go(func() {
		// Serve always returns an error; after Close it is ErrServerClosed.
		_ = w.server.Serve(w.listener)
	})
}

// Close drops every connection and stops the workspace. Its records stay
// readable.
func (w *Workspace) Close() error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil
	}
	w.closed = true
	w.closeAll()
	w.page.closeStreams()
	w.api.cancelScheduled()
	w.mu.Unlock()
	w.stop()
	err := w.server.Close()
	w.group.Wait()
	return err
}

// SetPanel replaces the page's panel.
func (w *Workspace) SetPanel(groups []PanelGroup) { w.page.setPanel(groups) }
