package slacksim

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// Workspace is a running Slack workspace with one installed app.
type Workspace struct {
	opts     Options
	manifest *manifest
	methods  map[string]*method
	listener net.Listener
	server   *http.Server
	pipes    *pipeListener
	stop     context.CancelFunc
	ctx      context.Context
	group    sync.WaitGroup

	team     team
	app      app
	botToken string
	appToken string

	// mu guards everything below. It is held while a call is handled, so that
	// calls are serialised like writes to one Slack workspace.
	mu         sync.Mutex
	closed     bool
	rand       *rand.Rand
	ids        int
	lastTS     int64
	people     people
	channels   channels
	groups     []*usergroup
	files      map[string]*file
	views      views
	scheduled  []*scheduledMessage
	triggers   triggers
	hooks      responseURLs
	sockets    sockets
	limits     limits
	faults     faults
	calls      callLog
	violations violationLog
	waiters    waiters
	pages      pageStreams
	panel      []PanelGroup
}

type team struct{ id, name, domain string }

type app struct{ id, name, botID, botUser string }

// Start builds the workspace and serves it until Close.
func Start(opts Options) (*Workspace, error) {
	opts = opts.withDefaults()
	m, err := parseManifest(opts.Manifest)
	if err != nil {
		return nil, err
	}
	w := newWorkspace(opts, m)
	if err := w.populate(); err != nil {
		return nil, err
	}
	if err := w.listen(); err != nil {
		return nil, err
	}
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

func newWorkspace(opts Options, m *manifest) *Workspace {
	ctx, stop := context.WithCancel(context.Background())
	w := &Workspace{
		opts:     opts,
		manifest: m,
		stop:     stop,
		ctx:      ctx,
		rand:     rand.New(rand.NewPCG(opts.Seed, 0x51ac)),
		files:    map[string]*file{},
		panel:    opts.Panel,
	}
	w.methods = methodTable()
	w.team = team{id: w.newID("T"), name: opts.Team, domain: slug(opts.Team)}
	w.app = app{id: w.newID("A"), name: m.DisplayInformation.Name, botID: w.newID("B"), botUser: w.newID("U")}
	w.botToken = "xoxb-" + w.randomHex(12)
	w.appToken = "xapp-1-" + w.app.id + "-" + w.randomHex(12)
	w.people.init()
	w.channels.init()
	w.views.init()
	w.triggers.init()
	w.hooks.init()
	w.sockets.init()
	w.limits.init(opts.RateLimit)
	w.calls.init(opts.CallLog)
	w.waiters.init()
	w.pages.init()
	return w
}

func (w *Workspace) listen() error {
	if w.opts.InMemory {
		w.pipes = newPipeListener()
		w.listener = w.pipes
		return nil
	}
	l, err := net.Listen("tcp", w.opts.Addr)
	if err != nil {
		return fmt.Errorf("listen for the Slack simulator: %w", err)
	}
	w.listener = l
	return nil
}

func (w *Workspace) serve() {
	w.server = &http.Server{Handler: w.routes(), ReadHeaderTimeout: 10 * time.Second}
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
	w.sockets.closeAll()
	w.pages.closeAll()
	w.cancelScheduled()
	w.mu.Unlock()
	w.stop()
	err := w.server.Close()
	w.group.Wait()
	return err
}

// URL is the address of the page, without a trailing slash.
func (w *Workspace) URL() string {
	if w.pipes != nil {
		return "http://slacksim.local"
	}
	return "http://" + w.listener.Addr().String()
}

// APIURL is what slack.OptionAPIURL wants: it ends with /api/ (SF-6.17).
func (w *Workspace) APIURL() string { return w.URL() + "/api/" }

// BotToken is the app's xoxb- token.
func (w *Workspace) BotToken() string { return w.botToken }

// AppToken is the app-level xapp- token with connections:write.
func (w *Workspace) AppToken() string { return w.appToken }

// BotUser is the user id of the app's bot.
func (w *Workspace) BotUser() string { return w.app.botUser }

// TeamID is the workspace's id.
func (w *Workspace) TeamID() string { return w.team.id }

// SetPanel replaces the page's panel.
func (w *Workspace) SetPanel(groups []PanelGroup) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.panel = groups
	w.pages.all(obj{"type": "panel", "groups": panelJSON(groups)})
}
