package slacksim

import (
	"context"
	"math/rand/v2"
	"sync"
)

// core is the state of a Slack workspace with one installed app.
type core struct {
	opts     options
	manifest *manifest
	url      string
	team     team
	app      app
	botToken string
	appToken string

	// group are the goroutines that end with the workspace; ctx ends when it closes.
	group sync.WaitGroup
	ctx   context.Context
	stop  context.CancelFunc

	delivery delivery
	pages    pages

	// mu guards everything below. It is held while a call is handled, so that
	// calls are serialised like writes to one Slack workspace.
	mu          sync.Mutex
	closed      bool
	rand        *rand.Rand
	ids         int
	lastTS      int64
	people      people
	channels    channels
	groups      []*usergroup
	views       views
	triggers    triggers
	hooks       responseURLs
	limits      limits
	faults      faults
	callLog     callLog
	violations  violationLog
	waiters     waiters
	connections int // of Socket Mode
}

type team struct{ id, name, domain string }

type app struct{ id, name, botID, botUser string }

// newCore makes a workspace with the people and channels of the options, at url. Attach completes it.
func newCore(opts options, m *manifest, url string) (*core, error) {
	ctx, stop := context.WithCancel(context.Background())
	w := &core{opts: opts, manifest: m, url: url, stop: stop, ctx: ctx, rand: rand.New(rand.NewPCG(opts.Seed, 0x51ac))}
	w.team = team{id: w.newID("T"), name: opts.Team, domain: slug(opts.Team)}
	w.app = app{id: w.newID("A"), name: m.DisplayInformation.Name, botID: w.newID("B"), botUser: w.newID("U")}
	w.botToken = "xoxb-" + w.randomHex(12)
	w.appToken = "xapp-1-" + w.app.id + "-" + w.randomHex(12)
	w.people.init()
	w.channels.init()
	w.views.init()
	w.triggers.init()
	w.hooks.init()
	w.limits.init(opts.RateLimit)
	w.callLog.init(opts.CallLog)
	w.waiters.init()
	return w, w.populate()
}

// attach tells the workspace who takes payloads to the app and who shows it to people.
func (w *core) attach(d delivery, p pages) { w.delivery, w.pages = d, p }

// URL is the address of the page, without a trailing slash.
func (w *core) URL() string { return w.url }

// APIURL is what slack.OptionAPIURL wants: it ends with /api/ (SF-6.17).
func (w *core) APIURL() string { return w.url + "/api/" }

// BotToken is the app's xoxb- token.
func (w *core) BotToken() string { return w.botToken }

// AppToken is the app-level xapp- token with connections:write.
func (w *core) AppToken() string { return w.appToken }

// BotUser is the user id of the app's bot.
func (w *core) BotUser() string { return w.app.botUser }

// TeamID is the workspace's id.
func (w *core) TeamID() string { return w.team.id }
