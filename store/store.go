package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"opsbot/bot"
	"opsbot/escalation"
	"opsbot/handlers"
)

var (
	_ escalation.Journal = (*Store)(nil)
	_ escalation.Store   = (*Store)(nil)
	_ escalation.Queries = (*Store)(nil)
	_ escalation.Alerts  = (*Store)(nil)

	_ escalation.Heartbeats = (*Store)(nil)

	_ bot.Outbox     = (*Outbox)(nil)
	_ handlers.Calls = (*Store)(nil)
)

// Options of Open. The zero value is usable.
type Options struct {
	// Now is the clock for what callers do not date themselves; time.Now by default.
	Now func() time.Time
	// Log gets what is worth an operator's attention; nothing by default.
	Log *zap.Logger
}

// Store is an open database. All methods are safe for concurrent use.
type Store struct {
	now     func() time.Time
	log     *zap.Logger
	writes  *statements
	reads   *statements
	release func() error // gives the lock on the database back

	jobs    chan *job
	closing chan struct{}
	stopped chan struct{}
	close   sync.Once

	lastNumber atomic.Int64  // of an incident
	pruned     time.Time     // when events were pruned; the writer's own
	changed    chan struct{} // the outbox
}

// Open opens the database at url, creates it where there is none and brings its schema up to date. The only kind so
// far is sqlite://PATH; sqlite://:memory: lives as long as the Store.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	scheme, path, ok := strings.Cut(url, "://")
	if !ok || path == "" {
		return nil, fmt.Errorf("storage url %q: want sqlite://PATH, e.g. sqlite://opsbot.db", url)
	}
	if scheme != "sqlite" {
		return nil, fmt.Errorf("storage url with scheme %q: only sqlite:// is supported", scheme)
	}
	s := &Store{
		now: o.Now, log: o.Log,
		jobs: make(chan *job, 1024), closing: make(chan struct{}), stopped: make(chan struct{}),
		changed: make(chan struct{}, 1),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = zap.NewNop()
	}
	if err := s.openSQLite(ctx, path); err != nil {
		return nil, wrap("open "+url, err)
	}
	go s.writer()
	return s, nil
}

// ready prepares an opened database for use.
func (s *Store) ready(ctx context.Context) error {
	if err := migrate(ctx, s.writes.db); err != nil {
		return err
	}
	var last sql.NullInt64
	if err := s.writes.db.QueryRowContext(ctx, `SELECT MAX(number) FROM incidents`).Scan(&last); err != nil {
		return err
	}
	s.lastNumber.Store(last.Int64)
	return nil
}

// Close finishes the writes that have begun and closes the database. Further calls do nothing.
func (s *Store) Close() error {
	var err error
	s.close.Do(func() {
		close(s.closing)
		<-s.stopped
		err = s.closeDatabase()
	})
	return err
}

func (s *Store) closeDatabase() error {
	var problems []error
	for _, st := range []*statements{s.reads, s.writes} {
		if st != nil {
			problems = append(problems, st.close())
		}
	}
	if s.release != nil {
		problems = append(problems, s.release())
	}
	return errors.Join(problems...)
}
