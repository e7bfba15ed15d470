package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"opsbot/bot/deliver"
	"opsbot/escalation/engine"
	"opsbot/escalation/oncall"
	"opsbot/handlers"
	"opsbot/handlers/calls"
	"opsbot/handlers/roster"
	"opsbot/store/leadership"
	"opsbot/store/runbookruns"
	"opsbot/store/sqldb"
)

var (
	_ engine.Journal       = (*Store)(nil)
	_ engine.Store         = (*Store)(nil)
	_ engine.Queries       = (*Store)(nil)
	_ engine.Alerts        = (*Store)(nil)
	_ oncall.Overrides     = (*Store)(nil)
	_ engine.Heartbeats    = (*Store)(nil)
	_ deliver.Outbox       = (*Outbox)(nil)
	_ calls.Store          = (*Store)(nil)
	_ handlers.Runs        = (*Store)(nil)
	_ roster.OverrideStore = (*Store)(nil)
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
	now func() time.Time
	db  *sqldb.DB
	// own are the statements that this kind of database wants in its own words.
	own ownStatements
	// id is this opsbot among those that ever had the database.
	id string
	// replica is nil where only one opsbot can have the database at a time.
	replica *leadership.Replica
	leading atomic.Bool // where there is no replica

	close      sync.Once
	lastNumber atomic.Int64  // of an incident, where the process counts
	pruned     atomic.Int64  // when events were pruned
	changed    chan struct{} // the outbox
}

// Open opens the database at url, creates it where there is none and brings its schema up to date. sqlite://PATH is a
// file, sqlite://:memory: lives as long as the Store; postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=… is a server's
// database, which exists already and which several opsbots may share.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	s := newStore(o)
	db, err := sqldb.Open(ctx, url, sqldb.Options{Log: o.Log, Patience: o.Patience, Committed: s.committed})
	if err != nil {
		return nil, err
	}
	s.use(db)
	if err := s.start(ctx, o); err != nil {
		return nil, errors.Join(wrap("open "+sqldb.Redacted(url), err), s.Close())
	}
	return s, nil
}

// OpenReadOnly opens an existing database for reading only, also while opsbot works with it: for `opsbot audit verify`.
// Writes through the Store fail.
func OpenReadOnly(ctx context.Context, url string) (*Store, error) {
	db, err := sqldb.OpenReadOnly(ctx, url)
	if err != nil {
		return nil, err
	}
	s := newStore(Options{})
	s.use(db)
	return s, nil
}

func newStore(o Options) *Store {
	s := &Store{now: o.Now, id: newID(), changed: make(chan struct{}, 1)}
	if s.now == nil {
		s.now = time.Now
	}
	return s
}

func (s *Store) use(db *sqldb.DB) {
	s.db, s.own = db, sqliteStatements()
	if db.IsPostgres() {
		s.own = postgresStatements()
	}
}

// newID tells an operator which process it was, and no two processes have the same.
func newID() string {
	host, err := os.Hostname()
	if err != nil {
		host = "opsbot"
	}
	return host + "-" + rand.Text()[:8]
}

// Runbooks keeps the guided runs.
func (s *Store) Runbooks() runbookruns.Runs { return runbookruns.Runs{DB: s.db} }

// CutOff receives when another opsbot may have taken over what this one does, nil where there is no other.
func (s *Store) CutOff() <-chan struct{} {
	if s.replica == nil {
		return nil
	}
	return s.replica.CutOff()
}

// start makes the store ready for use.
func (s *Store) start(ctx context.Context, o Options) (err error) {
	if !s.db.IsPostgres() {
		return s.startAlone(ctx)
	}
	s.replica, err = leadership.Join(ctx, s.db, leadership.Options{ID: s.id, Beat: o.Beat, Log: o.Log, Succeed: s.succeed})
	return err
}

// startAlone is start for SQLite. Whoever had the file before is gone: that is what the lock on it proves.
func (s *Store) startAlone(ctx context.Context) error {
	if _, err := s.db.Writes.Exec(ctx, `DELETE FROM replicas`); err != nil {
		return err
	}
	if _, err := s.db.Writes.Exec(ctx, `INSERT INTO replicas (id) VALUES (?)`, s.id); err != nil {
		return err
	}
	var last sql.NullInt64
	if err := s.db.Writes.Row(ctx, `SELECT MAX(number) FROM incidents`, nil, &last); err != nil {
		return err
	}
	s.lastNumber.Store(last.Int64)
	return nil
}

// Close finishes the writes that have begun and closes the database. Further calls do nothing.
func (s *Store) Close() error {
	var err error
	s.close.Do(func() {
		if s.replica != nil {
			s.replica.Leave()
		}
		err = s.db.Close()
	})
	return err
}

// ownStatements are those that each kind of database wants in its own words. All others are the same for both.
type ownStatements struct {
	// due is the query behind Outbox.Due.
	due string
	// lockAudit keeps others from appending to the audit record until the transaction ends; "" where there is one writer only.
	lockAudit string
	// nextNumber gives out the number of an incident; "" where the process counts.
	nextNumber string
}

func sqliteStatements() ownStatements { return ownStatements{due: dueSQLite} }

// postgresStatements: the key of the advisory lock is the letters "opsb" and the number 1, for the audit record.
func postgresStatements() ownStatements {
	return ownStatements{
		due: duePostgres, lockAudit: `SELECT pg_advisory_xact_lock(1869640546, 1)`, nextNumber: `SELECT nextval('incident_numbers')`,
	}
}

// The queries behind Outbox.Due step through the destinations by the index outbox_pending and take the first few of
// each: their time does not grow with the backlog. SQLite finds the rows by a list of ids, which PostgreSQL would compare with
// every row; PostgreSQL joins them laterally, which SQLite cannot.
const (
	dueSQLite = dueDestinations + dueColumns + `
FROM destinations CROSS JOIN outbox o LEFT JOIN outbox r ON r.key = o.reply_to
WHERE o.id IN (` + dueOfDestination + `)
ORDER BY o.lane, o.queued_at, o.id LIMIT ?`

	duePostgres = dueDestinations + dueColumns + `
FROM destinations CROSS JOIN LATERAL (` + dueOfDestination + `) AS few
	JOIN outbox o ON o.id = few.id LEFT JOIN outbox r ON r.key = o.reply_to
ORDER BY o.lane, o.queued_at, o.id LIMIT ?`

	dueDestinations = `
WITH RECURSIVE destinations (name) AS (
	SELECT MIN(destination) FROM outbox WHERE pending = 1
	UNION ALL
	SELECT (SELECT MIN(destination) FROM outbox WHERE pending = 1 AND destination > name) FROM destinations WHERE name IS NOT NULL)
`
	dueColumns = `SELECT o.id, o.body, o.version, o.sent_version, o.posted_channel, o.ts, COALESCE(r.posted_channel, ''), COALESCE(r.ts, ''),
	o.in_flight, o.attempts, o.created_at, o.last_error, o.elsewhere`

	dueOfDestination = `SELECT id FROM (` + duePending + ` AND p.ts = '' ORDER BY p.lane, p.queued_at, p.id LIMIT ?) AS posts
	UNION ALL
	SELECT id FROM (` + duePending + ` AND p.ts <> '' ORDER BY p.lane, p.queued_at, p.id LIMIT ?) AS edits`

	// duePending leaves out expired messages, except those that may already be in Slack: that has to be checked.
	duePending = `SELECT p.id FROM outbox p LEFT JOIN outbox q ON q.key = p.reply_to
	WHERE p.pending = 1 AND p.destination = destinations.name AND p.not_before <= ?
		AND (p.not_after = 0 OR p.not_after > ? OR p.in_flight = 1) AND (p.reply_to = '' OR q.ts <> '')`
)
