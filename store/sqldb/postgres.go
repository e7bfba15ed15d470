package sqldb

import (
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
	// oldestPostgres runs every statement. What is older has had no fixes for years.
	oldestPostgres = 13
)

// ConnectLimit is how long making a connection may take, and whatever is done while opsbot stops.
const ConnectLimit = 5 * time.Second

// The key of the advisory lock is the letters "opsb" and a number. Number 1 is taken by the store's audit record.
const (
	lockMigration = `SELECT pg_advisory_lock(1869640546, 2)`
	freeMigration = `SELECT pg_advisory_unlock(1869640546, 2)`
)

func (db *DB) openPostgres(ctx context.Context, url string) (err error) {
	if db.postgres, err = postgresConfig(url); err != nil {
		return err
	}
	d := postgresDialect()
	db.Writes = db.openPostgresPool(d, postgresWriters)
	if err := db.checkServer(ctx); err != nil {
		return err
	}
	if err := migrateAlone(ctx, db.Writes); err != nil {
		return err
	}
	db.Reads = db.openPostgresPool(d, postgresReaders)
	w := &poolWriter{pool: db.Writes, committed: db.committed}
	db.writer = w
	db.onClose(func() error { w.close(); return nil })
	return nil
}

func (db *DB) openPostgresReadOnly(url string) (err error) {
	if db.postgres, err = postgresConfig(url); err != nil {
		return err
	}
	db.postgres.RuntimeParams["default_transaction_read_only"] = "on"
	db.Reads = db.openPostgresPool(postgresDialect(), 1)
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
		query.Set("connect_timeout", fmt.Sprint(int(ConnectLimit.Seconds())))
	}
	if !query.Has("application_name") {
		query.Set("application_name", "opsbot")
	}
	u.RawQuery = query.Encode()
	return pgx.ParseConfig(u.String())
}

func (db *DB) openPostgresPool(d *dialect, connections int) *Pool {
	connected := stdlib.OpenDB(*db.postgres, stdlib.OptionAfterConnect(durable))
	connected.SetMaxOpenConns(connections)
	connected.SetMaxIdleConns(connections)
	connected.SetConnMaxIdleTime(30 * time.Minute)
	p := newPool(connected, d)
	p.patience = db.patience
	db.onClose(p.close)
	return p
}

// durable makes a commit mean that the data is on the disk where the server's default is less. What is more stays.
func durable(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`)
	return err
}

// CheckServer finds out whether the server of a postgres:// url can be used. It changes nothing.
func CheckServer(ctx context.Context, url string) (err error) {
	db := newDB(Options{})
	if db.postgres, err = postgresConfig(url); err == nil {
		db.Writes = db.openPostgresPool(postgresDialect(), 1)
		err = db.checkServer(ctx)
	}
	return errors.Join(Wrap("check "+Redacted(url), err), db.Close())
}

// checkServer refuses a server that cannot be used, before anything is written.
func (db *DB) checkServer(ctx context.Context) error {
	var (
		version                         int
		readOnly, homeless, unprotected bool
	)
	err := db.Writes.Row(ctx, `SELECT current_setting('server_version_num')::int / 10000, current_setting('transaction_read_only') = 'on',
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
		db.log.Warn("the database server runs with fsync=off: a power failure may lose alerts that were acknowledged", zap.Int("postgresql", version))
	}
	return nil
}

// migrateAlone migrates while no other replica does.
func migrateAlone(ctx context.Context, p *Pool) (err error) {
	conn, err := p.db.Conn(ctx)
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
	return migrate(ctx, p.db, p.dialect)
}

// unlock works also when the start was broken off; closing the connection, which goes back to the pool, would not.
func unlock(conn *sql.Conn) error {
	ctx, cancel := context.WithTimeout(context.Background(), ConnectLimit)
	defer cancel()
	_, err := conn.ExecContext(ctx, freeMigration)
	return err
}
