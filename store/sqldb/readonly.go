package sqldb

import (
	"context"
	"errors"
	"os"
	"strings"
)

// OpenReadOnly opens an existing database for reading only, also while opsbot works with it. Write fails.
func OpenReadOnly(ctx context.Context, url string) (*DB, error) {
	db := newDB(Options{})
	err := db.openReadOnly(url)
	if err == nil {
		err = db.Reads.db.PingContext(ctx)
	}
	if err != nil {
		return nil, errors.Join(Wrap("open "+Redacted(url), err), db.Close())
	}
	return db, nil
}

func (db *DB) openReadOnly(url string) error {
	scheme, path, _ := strings.Cut(url, "://")
	switch scheme {
	case "sqlite":
		return db.openSQLiteReadOnly(path)
	case "postgres", "postgresql":
		return db.openPostgresReadOnly(url)
	default:
		return errScheme
	}
}

func (db *DB) openSQLiteReadOnly(path string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	reads, err := openPool(path, 1, "mode=ro", "_pragma=query_only(1)")
	if err != nil {
		return err
	}
	db.Reads = newPool(reads, sqliteDialect())
	db.onClose(db.Reads.close)
	return nil
}
