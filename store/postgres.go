package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"go.uber.org/zap"
)

const (
	// postgresWriters is how many writes run at once: enough for the senders of a storm to share commits. Together with
	// the readers and the one that listens, no replica takes more than 20 connections.
	postgresWriters  = 14
	postgresReaders  = 5
	postgresPatience = 8 * time.Second
	connectLimit     = 5 * time.Second
	// oldestPostgres runs every statement. What is older has had no fixes for years.
	oldestPostgres = 13
)

// The keys of advisory locks: the letters "opsb", and what is locked.
const (
	lockAudit     = `SELECT pg_advisory_xact_lock(1869640546, 1)`
	lockMigration = `SELECT pg_advisory_lock(1869640546, 2)`
	freeMigration = `SELECT pg_advisory_unlock(1869640546, 2)`
)

func (s *Store) openPostgres(ctx context.Context, url string, o Options) error {
	config, err := postgresConfig(url)
	if err != nil {
		return err
	}
	d := postgresDialect()
	patience := cmp.Or(o.Patience, postgresPatience)
	s.writes = s.openPostgresPool(config, d, postgresWriters, patience)
	if err := s.checkServer(ctx); err != nil {
		return err
	}
	if err := migrateAlone(ctx, s.writes); err != nil {
		return err
	}
	s.reads = s.openPostgresPool(config, d, postgresReaders, patience)
	w := &poolWriter{stmts: s.writes, committed: s.written}
	s.writer = w
	s.onClose(func() error { w.close(); return nil })
	return s.join(ctx, config, cmp.Or(o.Beat, time.Second))
}

func (s *Store) openPostgresReadOnly(url string) error {
	config, err := postgresConfig(url)
	if err != nil {
		return err
	}
	config.RuntimeParams["default_transaction_read_only"] = "on"
	s.reads = s.openPostgresPool(config, postgresDialect(), 1, postgresPatience)
	return nil
}

// postgresConfig reads the URL as libpq does, environment variables and pgpass file included.
func postgresConfig(text string) (*pgx.ConnConfig, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("storage.url is no URL; characters like / or @ in a password are written as %2F and %40") // err holds the password
	}
	query := u.Query()
	if !query.Has("connect_timeout") {
		query.Set("connect_timeout", fmt.Sprint(int(connectLimit.Seconds())))
	}
	if !query.Has("application_name") {
		query.Set("application_name", "opsbot")
	}
	u.RawQuery = query.Encode()
	return pgx.ParseConfig(u.String())
}

func (s *Store) openPostgresPool(config *pgx.ConnConfig, d *dialect, connections int, patience time.Duration) *statements {
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(durable))
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(30 * time.Minute)
	stmts := newStatements(db, d)
	stmts.patience = patience
	s.onClose(stmts.close)
	return stmts
}

// durable makes a commit mean that the data is on the disk where the server's default is less. What is more stays.
func durable(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`)
	return err
}

// CheckServer finds out whether the server of a postgres:// url can be used. It changes nothing.
func CheckServer(ctx context.Context, url string) error {
	s := newStore(Options{})
	config, err := postgresConfig(url)
	if err == nil {
		s.writes = s.openPostgresPool(config, postgresDialect(), 1, postgresPatience)
		err = s.checkServer(ctx)
	}
	return errors.Join(wrap("check "+redacted(url), err), s.cleanUp())
}

// checkServer refuses a server that cannot be used, before anything is written.
func (s *Store) checkServer(ctx context.Context) error {
	var (
		version                         int
		readOnly, homeless, unprotected bool
	)
	err := s.writes.row(ctx, `SELECT current_setting('server_version_num')::int / 10000, current_setting('transaction_read_only') = 'on',
		current_schema() IS NULL, current_setting('fsync') = 'off'`, nil, &version, &readOnly, &homeless, &unprotected)
	switch {
	case err != nil:
		return err
	case version < oldestPostgres:
		return fmt.Errorf("PostgreSQL %d: %w", version, ErrTooOld)
	case readOnly:
		return ErrStandby
	case homeless:
		return fmt.Errorf("search_path names no schema that the user may see: %w", ErrNotAllowed)
	case unprotected:
		s.log.Warn("the database server runs with fsync=off: a power failure may lose alerts that were acknowledged", zap.Int("postgresql", version))
	}
	return nil
}

// migrateAlone migrates while no other replica does.
func migrateAlone(ctx context.Context, stmts *statements) (err error) {
	conn, err := stmts.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, lockMigration); err != nil {
		return err
	}
	defer func() {
		if freed := unlock(conn); err == nil {
			err = freed
		}
	}()
	return migrate(ctx, stmts.db, stmts.dialect)
}

// unlock works also when the start was broken off; closing the connection, which goes back to the pool, would not.
func unlock(conn *sql.Conn) error {
	ctx, cancel := context.WithTimeout(context.Background(), connectLimit)
	defer cancel()
	_, err := conn.ExecContext(ctx, freeMigration)
	return err
}
