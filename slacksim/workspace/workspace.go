// Package workspace is the state of a simulated Slack workspace: its people, channels, messages, views and what Slack keeps
// about them, and everything that changes it. A change tells the app (events.go), the open pages (pages.go) and those who wait
// for it (waiters.go).
//
// One mutex, Mu, guards it all. Exported methods without a word about it want it held; those that tests call take it
// themselves.
package workspace

import (
	"context"
	"math/rand/v2"
	"sync"

	"opsbot/slacksim/manifest"
)

// Workspace is the state of a Slack workspace with one installed app.
type Workspace struct {
	Options  Options
	Manifest *manifest.Manifest
	url      string
	Team     team
	App      app
	botToken string
	appToken string

	// Group are the goroutines that end with the workspace; ctx ends when it closes.
	Group sync.WaitGroup
	ctx   context.Context
	Stop  context.CancelFunc

	Delivery delivery
	Pages    pages

	// Mu guards everything below. It is held while a call is handled, so that
	// calls are serialised like writes to one Slack workspace.
	Mu         sync.Mutex
	Closed     bool
	Rand       *rand.Rand
	ids        int
	lastTS     int64
	People     people
	Channels   channels
	Groups     []*UserGroup
	Views      views
	triggers   triggers
	Hooks      responseURLs
	Limits     limits
	Faults     Faults
	CallLog    callLog
	violations violationLog
	Waiters    waiters
	Connected  int // of Socket Mode
}

type team struct{ ID, Name, Domain string }

type app struct{ ID, Name, BotID, BotUser string }

// New makes a workspace with the people and channels of the options, at url. Attach completes it.
func New(opts Options, m *manifest.Manifest, url string) (*Workspace, error) {
	ctx, stop := context.WithCancel(context.Background())
	w := &Workspace{Options: opts, Manifest: m, url: url, Stop: stop, ctx: ctx, Rand: rand.New(rand.NewPCG(opts.Seed, 0x51ac))}
	w.Team = team{ID: w.NewID("T"), Name: opts.Team, Domain: Slug(opts.Team)}
	w.App = app{ID: w.NewID("A"), Name: m.DisplayInformation.Name, BotID: w.NewID("B"), BotUser: w.NewID("U")}
	w.botToken = "xoxb-" + w.RandomHex(12)
	w.appToken = "xapp-1-" + w.App.ID + "-" + w.RandomHex(12)
	w.People.init()
	w.Channels.init()
	w.Views.init()
	w.triggers.init()
	w.Hooks.init()
	w.Limits.init(opts.RateLimit)
	w.CallLog.init(opts.CallLog)
	w.Waiters.init()
	return w, w.populate()
}

// Attach tells the workspace who takes payloads to the app and who shows it to people.
func (w *Workspace) Attach(d delivery, p pages) { w.Delivery, w.Pages = d, p }

// URL is the address of the page, without a trailing slash.
func (w *Workspace) URL() string { return w.url }

// APIURL is what slack.OptionAPIURL wants: it ends with /api/ (SF-6.17).
func (w *Workspace) APIURL() string { return w.url + "/api/" }

// BotToken is the app's xoxb- token.
func (w *Workspace) BotToken() string { return w.botToken }

// AppToken is the app-level xapp- token with connections:write.
func (w *Workspace) AppToken() string { return w.appToken }

// BotUser is the user id of the app's bot.
func (w *Workspace) BotUser() string { return w.App.BotUser }

// TeamID is the workspace's id.
func (w *Workspace) TeamID() string { return w.Team.ID }
