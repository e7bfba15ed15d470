package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"opsbot/bot"
	"opsbot/escalation/engine"
	"opsbot/escalation/oncall"
	"opsbot/handlers"
)

var (
	_ engine.Journal    = (*Store)(nil)
	_ engine.Store      = (*Store)(nil)
	_ engine.Queries    = (*Store)(nil)
	_ engine.Alerts     = (*Store)(nil)
	_ oncall.Overrides  = (*Store)(nil)
	_ engine.Heartbeats = (*Store)(nil)
	_ bot.Outbox        = (*Outbox)(nil)
	_ handlers.Calls    = (*Store)(nil)
	_ handlers.StandIns = (*Store)(nil)
)

// Options of Open. The zero value is usable.
type Options struct {
	// Now is the clock for what callers do not date themselves; time.Now by default.
	Now func() time.Time
	// Log gets what is worth an operator's attention; nothing by default.
	Log *zap.Logger
	// Beat is how often an opsbot that shares its database shows that it lives; a second by default. One that is silent for
	// five beats does not lead any more, one that is silent for thirty is gone.
	Beat time.Duration
	// Patience is how long a PostgreSQL server may be silent before it counts as away; 8 s by default, less than the 10 s
	// that Alertmanager waits for an answer.
	Patience time.Duration
}

// Store is an open database. All methods are safe for concurrent use.
type Store struct {
	now    func() time.Time
	log    *zap.Logger
	writes *statements
	reads  *statements
	writer writer
	// id is this opsbot among those that ever had the database.
	id string
	// replica is nil where only one opsbot can have the database at a time.
	replica *replica
	leading atomic.Bool

	cleanups []func() error // done in the reverse order
	close    sync.Once

	lastNumber atomic.Int64  // of an incident, where the process counts
	pruned     atomic.Int64  // when events were pruned
	changed    chan struct{} // the outbox
	woken      chan struct{} // by another opsbot
}

// Open opens the database at url, creates it where there is none and brings its schema up to date. sqlite://PATH is a
// file, sqlite://:memory: lives as long as the Store; postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=… is a server's
// database, which exists already and which several opsbots may share.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	s := newStore(o)
	if err := s.open(ctx, url, o); err != nil {
		return nil, errors.Join(wrap("open "+redacted(url), err), s.cleanUp())
	}
	return s, nil
}

func newStore(o Options) *Store {
	s := &Store{now: o.Now, log: o.Log, id: newID(), writer: noWriter{}, changed: make(chan struct{}, 1), woken: make(chan struct{}, 1)}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = zap.NewNop()
	}
	return s
}

// newID tells an operator which process it was, and no two processes have the same.
func newID() string {
	host, err := os.Hostname()
	if err != nil {
		host = "opsbot"
	}
	return host + "-" + rand.Text()[:8]
}

var errScheme = errors.New("want sqlite://PATH or postgres://USER@HOST/DATABASE, e.g. sqlite://opsbot.db")

func (s *Store) open(ctx context.Context, url string, o Options) error {
	scheme, rest, ok := strings.Cut(url, "://")
	switch {
	case !ok || rest == "":
		return errScheme
	case scheme == "sqlite":
		return s.openSQLite(ctx, rest)
	case scheme == "postgres" || scheme == "postgresql":
		return s.openPostgres(ctx, url, o)
	default:
		return fmt.Errorf("scheme %q: %w", scheme, errScheme)
	}
}

// redacted is the url without what may be secret, for people to read.
func redacted(text string) string {
	scheme, _, _ := strings.Cut(text, "://")
	if scheme == "sqlite" {
		return text
	}
	u, err := url.Parse(text)
	if err != nil {
		return scheme + "://…"
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	u.RawQuery = ""
	return u.String()
}

// Close finishes the writes that have begun and closes the database. Further calls do nothing.
func (s *Store) Close() error {
	var err error
	s.close.Do(func() { err = s.cleanUp() })
	return err
}

func (s *Store) onClose(do func() error) { s.cleanups = append(s.cleanups, do) }

func (s *Store) cleanUp() error {
	var problems []error
	for i := len(s.cleanups) - 1; i >= 0; i-- {
		problems = append(problems, s.cleanups[i]())
	}
	return errors.Join(problems...)
}
