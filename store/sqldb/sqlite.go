package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
)

const (
	// MemoryPath is the path of a database that lives as long as it is open.
	MemoryPath = ":memory:"
	// readers is how many reads run at once; more would only use memory.
	readers = 4
)

// openSQLite opens one connection for writing and a few for reading. In memory there can be only one for both.
func (db *DB) openSQLite(ctx context.Context, path string) (err error) {
	var writes *sql.DB
	if path == MemoryPath {
		writes, err = openPool(MemoryPath, 1)
	} else {
		path, writes, err = db.openSQLiteFile(path)
	}
	if err != nil {
		return err
	}
	db.Writes = newPool(writes, sqliteDialect())
	db.onClose(db.Writes.close)
	if err := migrate(ctx, writes, db.Writes.dialect); err != nil {
		return err
	}
	db.Reads = db.Writes
	if path != MemoryPath {
		reads, err := openPool(path, readers, "_pragma=query_only(1)")
		if err != nil {
			return err
		}
		db.Reads = newPool(reads, db.Writes.dialect)
		db.onClose(db.Reads.close)
	}
	w := newGroupWriter(db.Writes, db.committed)
	db.writer = w
	db.onClose(func() error { w.close(); return nil })
	return nil
}

func (db *DB) openSQLiteFile(path string) (absolute string, writes *sql.DB, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return "", nil, err
	}
	release, err := lockFile(path + ".lock")
	if err != nil {
		return "", nil, err
	}
	db.onClose(release)
	if err = checkWritable(path); err != nil {
		return "", nil, err
	}
	writes, err = openPool(path, 1, "_txlock=immediate", "_pragma=journal_mode(wal)", "_pragma=synchronous(full)")
	return path, writes, err
}

// openPool opens up to connections connections, which stay open.
func openPool(path string, connections int, options ...string) (*sql.DB, error) {
	dsn := path + "?_pragma=busy_timeout(5000)"
	if path != MemoryPath {
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
