package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
)

const (
	memoryPath = ":memory:"
	// readers is how many reads run at once; more only take memory.
	readers = 4
)

// openSQLite opens one connection for writing and a few for reading. In memory there can be only one for both.
func (s *Store) openSQLite(ctx context.Context, path string) (err error) {
	var writes *sql.DB
	if path == memoryPath {
		writes, err = openPool(memoryPath, 1)
	} else {
		path, writes, err = s.openSQLiteFile(path)
	}
	if err != nil {
		return err
	}
	s.writes = newStatements(writes, sqliteDialect())
	s.onClose(s.writes.close)
	if err := s.readySQLite(ctx); err != nil {
		return err
	}
	s.reads = s.writes
	if path != memoryPath {
		reads, err := openPool(path, readers, "_pragma=query_only(1)")
		if err != nil {
			return err
		}
		s.reads = newStatements(reads, s.writes.dialect)
		s.onClose(s.reads.close)
	}
	w := newGroupWriter(s.writes, s.written)
	s.writer = w
	s.onClose(func() error { w.close(); return nil })
	return nil
}

func (s *Store) openSQLiteFile(path string) (absolute string, db *sql.DB, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return "", nil, err
	}
	release, err := lockFile(path + ".lock")
	if err != nil {
		return "", nil, err
	}
	s.onClose(release)
	if err = checkWritable(path); err != nil {
		return "", nil, err
	}
	db, err = openPool(path, 1, "_txlock=immediate", "_pragma=journal_mode(wal)", "_pragma=synchronous(full)")
	return path, db, err
}

// readySQLite prepares the database for use. Whoever had it before is gone: that is what the lock on its file proves.
func (s *Store) readySQLite(ctx context.Context) error {
	db := s.writes.db
	if err := migrate(ctx, db, s.writes.dialect); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, `DELETE FROM replicas`); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, `INSERT INTO replicas (id) VALUES (?)`, s.id); err != nil {
		return err
	}
	var last sql.NullInt64
	if err := db.QueryRowContext(ctx, `SELECT MAX(number) FROM incidents`).Scan(&last); err != nil {
		return err
	}
	s.lastNumber.Store(last.Int64)
	return nil
}

// openPool opens up to connections connections, which stay open.
func openPool(path string, connections int, options ...string) (*sql.DB, error) {
	dsn := path + "?_pragma=busy_timeout(5000)"
	if path != memoryPath {
		dsn = (&url.URL{Scheme: "file", Path: path}).String() + "?_pragma=busy_timeout(5000)"
	}
	for _, o := range options {
		dsn += "&" + o
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// checkWritable finds out before SQLite does, which opens a read-only file without a word and fails at the first write.
func checkWritable(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	switch {
	case os.IsPermission(err):
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	case err != nil:
		return fmt.Errorf("%w: %w", ErrCannotUse, err)
	}
	return f.Close()
}
