package store

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// OpenReadOnly opens an existing database for reading only, also while opsbot works with it: for `opsbot audit verify`.
// Writes through the Store fail.
func OpenReadOnly(ctx context.Context, url string) (*Store, error) {
	path, ok := strings.CutPrefix(url, "sqlite://")
	if !ok {
		return nil, fmt.Errorf("storage url %q: want sqlite://PATH", url)
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open %s: %w", url, err)
	}
	db, err := openPool(path, 1, "mode=ro", "_pragma=query_only(1)")
	if err != nil {
		return nil, wrap("open "+url, err)
	}
	if err := db.PingContext(ctx); err != nil {
		return nil, wrap("open "+url, err)
	}
	s := &Store{now: time.Now, closing: make(chan struct{}), stopped: make(chan struct{}), reads: newStatements(db)}
	close(s.stopped) // there is no writer to wait for
	return s, nil
}
