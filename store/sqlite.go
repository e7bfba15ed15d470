package store

import (
	"context"
	"database/sql"
	"errors"
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
	defer func() {
		if err != nil {
			err = errors.Join(err, s.closeDatabase())
		}
	}()
	if path == memoryPath {
		return s.openMemory(ctx)
	}
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	if s.release, err = lockFile(path + ".lock"); err != nil {
		return err
	}
	if err = checkWritable(path); err != nil {
		return err
	}
	db, err := openPool(path, 1, "_txlock=immediate", "_pragma=journal_mode(wal)", "_pragma=synchronous(full)")
	if err != nil {
		return err
	}
	s.writes = newStatements(db)
	if err = s.ready(ctx); err != nil {
		return err
	}
	if db, err = openPool(path, readers, "_pragma=query_only(1)"); err != nil {
		return err
	}
	s.reads = newStatements(db)
	return nil
}

func (s *Store) openMemory(ctx context.Context) error {
	db, err := openPool(memoryPath, 1)
	if err != nil {
		return err
	}
	s.writes = newStatements(db)
	s.reads = s.writes
	return s.ready(ctx)
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
