package store

import (
	"context"
	"errors"
	"os"
	"strings"
)

// OpenReadOnly opens an existing database for reading only, also while opsbot works with it: for `opsbot audit verify`.
// Writes through the Store fail.
func OpenReadOnly(ctx context.Context, url string) (*Store, error) {
	s := newStore(Options{})
	err := s.openReadOnly(url)
	if err == nil {
		err = s.reads.db.PingContext(ctx)
	}
	if err != nil {
		return nil, errors.Join(wrap("open "+redacted(url), err), s.cleanUp())
	}
	return s, nil
}

func (s *Store) openReadOnly(url string) error {
	scheme, path, _ := strings.Cut(url, "://")
	switch scheme {
	case "sqlite":
		return s.openSQLiteReadOnly(path)
	case "postgres", "postgresql":
		return s.openPostgresReadOnly(url)
	default:
		return errScheme
	}
}

func (s *Store) openSQLiteReadOnly(path string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	db, err := openPool(path, 1, "mode=ro", "_pragma=query_only(1)")
	if err != nil {
		return err
	}
	s.reads = newStatements(db, sqliteDialect())
	s.onClose(s.reads.close)
	return nil
}
