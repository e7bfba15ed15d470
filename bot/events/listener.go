package events

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"opsbot/bot"
	"opsbot/handlers"
	"opsbot/messages"
)

// Dedupe remembers event ids for at least ten minutes (SF-1.42). Seen returns true if id was seen before, and
// remembers it.
type Dedupe interface {
	Seen(ctx context.Context, id string, now time.Time) (bool, error)
}

// Validate checks a submitted form; what it returns is shown at the input with that block id and keeps the form open.
// It has a second.
type Validate func(ctx context.Context, s handlers.Submission) map[string]string

// ListenerConfig is what a Listener needs.
type ListenerConfig struct {
	Connection bot.Connection
	// Dialer opens the web sockets; nil is slack-go's own.
	Dialer *websocket.Dialer
	// Sockets is how many connections are kept; default 2, so that a click is not lost while one is refreshed (SF-1.55).
	Sockets int
	// Stagger is the time between opening them; default 5 s. Sockets opened together would be refreshed together.
	Stagger  time.Duration
	Self     bot.Self
	Handler  Handler
	Validate Validate // may be nil
	Dedupe   Dedupe
	// Catalogue and Locale are for what the listener says itself: that it is busy, or that something failed.
	Catalogue *messages.Catalogue
	Locale    string
	// Workers is how many handlers run at once, Queue how many calls may wait; defaults 32 and 1000.
	Workers, Queue int
	Now            func() time.Time
	Log            *zap.Logger
}

// urgentWorkers is enough even if many people press Acknowledge at the same moment.
const urgentWorkers = 4

// Listener receives everything from Slack over Socket Mode. Each envelope is acknowledged at once, whatever the handler
// does; the handler runs on a bounded pool of workers.
type Listener struct {
	ListenerConfig
	decoder   decoder
	recent    *recentIDs
	pool      *pool
	urgent    *pool         // for the presses of an incident's buttons alone
	forms     chan struct{} // validations at once
	connected []atomic.Bool
	closed    *bot.RetryAfter
}

// Connected is the number of sockets on which Slack has said hello (SF-1.13).
func (l *Listener) Connected() int {
	n := 0
	for i := range l.connected {
		if l.connected[i].Load() {
			n++
		}
	}
	return n
}

// Run listens until ctx ends and then lets the handlers finish. It returns an error only if Slack refuses the app for
// good: a wrong or revoked token.
func (l *Listener) Run(ctx context.Context) error {
	work, abandon := bot.WithGracePeriod(ctx, bot.CallTimeout)
	defer abandon()
	var workers sync.WaitGroup
	l.pool.start(work, &workers)
	l.urgent.start(work, &workers)

	sockets, listening := errgroup.WithContext(ctx)
	for n := range l.Sockets {
		sockets.Go(func() error {
			if !bot.Pause(listening, time.Duration(n)*l.Stagger) {
				return nil
			}
			return l.keepSocket(listening, n)
		})
	}
	err := sockets.Wait()
	l.pool.close()
	l.urgent.close()
	if err != nil {
		abandon()
	}
	workers.Wait()
	return err
}

// NewListener fills in the defaults.
func NewListener(c ListenerConfig) *Listener {
	if c.Sockets == 0 {
		c.Sockets = 2
	}
	if c.Stagger == 0 {
		c.Stagger = 5 * time.Second
	}
	if c.Workers == 0 {
		c.Workers = 32
	}
	if c.Queue == 0 {
		c.Queue = 1000
	}
	return &Listener{
		ListenerConfig: c,
		decoder:        decoder{self: c.Self, now: c.Now},
		recent:         newRecentIDs(),
		pool:           newPool(c.Workers, c.Queue),
		urgent:         newPool(urgentWorkers, c.Queue),
		forms:          make(chan struct{}, c.Workers),
		connected:      make([]atomic.Bool, c.Sockets),
		closed:         &bot.RetryAfter{},
	}
}
