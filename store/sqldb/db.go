package sqldb

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/zap"
)

// Options are what an open database needs.
type Options struct {
	// Log gets what is worth an operator's attention; nothing by default.
	Log *zap.Logger
	// Patience is how long a PostgreSQL server may be silent before it counts as away; 8 s by default, less than the 10 s
	// that Alertmanager waits for an answer.
	Patience time.Duration
	// Committed is called after every commit of Write.
	Committed func()
}

// DB is an open database. All methods are safe for concurrent use.
type DB struct {
	// Reads runs what only reads; it never waits for writes. Writes runs single statements that share no commit with others.
	Reads, Writes *Pool

	log       *zap.Logger
	patience  time.Duration
	committed func()
	writer    writer
	// postgres is how further connections to the server are made; nil for SQLite.
	postgres *pgx.ConnConfig

	cleanups []func() error // done in the reverse order
	closing  sync.Once
}

// Open opens the database at url for reading and writing, creates it where there is none and brings its schema up to date.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	db := newDB(o)
	if err := db.open(ctx, url); err != nil {
		return nil, errors.Join(Wrap("open "+Redacted(url), err), db.Close())
	}
	return db, nil
}

func newDB(o Options) *DB {
	db := &DB{log: o.Log, patience: o.Patience, committed: o.Committed, writer: noWriter{}}
	if db.log == nil {
		db.log = zap.NewNop()
	}
	if db.committed == nil {
		db.committed = func() {}
	}
	if db.patience == 0 {
		db.patience = postgresPatience
	}
	return db
}

var errScheme = errors.New("want sqlite://PATH or postgres://USER@HOST/DATABASE, e.g. sqlite://opsbot.db")

func (db *DB) open(ctx context.Context, url string) error {
	scheme, rest, ok := strings.Cut(url, "://")
	switch {
	case !ok || rest == "":
		return errScheme
	case scheme == "sqlite":
		return db.openSQLite(ctx, rest)
	case scheme == "postgres" || scheme == "postgresql":
		return db.openPostgres(ctx, url)
	default:
		return fmt.Errorf("scheme %q: %w", scheme, errScheme)
	}
}

// Redacted is the url without what may be secret, for people to read.
func Redacted(text string) string {
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

// IsPostgres tells whether the database is on a PostgreSQL server, which several opsbots may share; else it is SQLite's.
func (db *DB) IsPostgres() bool { return db.postgres != nil }

// Write runs do in a transaction and returns when that is on the disk. When ctx ends first the outcome is open: the change
// may still be made. do may be run again after it failed, so it must not keep what it computed anywhere but in variables
// that are read after success.
func (db *DB) Write(ctx context.Context, do func(*Tx) error) error {
	return db.writer.write(ctx, do)
}

// Connect makes a connection to the PostgreSQL server beside the pools, which the caller closes.
func (db *DB) Connect(ctx context.Context) (*pgx.Conn, error) {
	return pgx.ConnectConfig(ctx, db.postgres.Copy())
}

// Close finishes the writes that have begun and closes the database. Further calls do nothing.
func (db *DB) Close() error {
	var problems []error
	db.closing.Do(func() {
		for i := len(db.cleanups) - 1; i >= 0; i-- {
			problems = append(problems, db.cleanups[i]())
		}
	})
	return errors.Join(problems...)
}

func (db *DB) onClose(do func() error) { db.cleanups = append(db.cleanups, do) }
