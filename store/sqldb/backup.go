package sqldb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
)

// ErrNoFile is Backup's answer for a database that is not a file.
var ErrNoFile = errors.New(`the database is on a PostgreSQL server, whose own tool makes a backup while opsbot runs: pg_dump --format=custom --file=FILE "URL"`)

// Backup writes a copy of the database at url to a new file, also while opsbot works with it: one state of all of it,
// compact, without the files beside it that SQLite has. It never writes over anything.
func Backup(ctx context.Context, url, file string) error {
	path, ok := strings.CutPrefix(url, "sqlite://")
	if !ok || path == MemoryPath {
		return Wrap("back up "+Redacted(url), ErrNoFile)
	}
	return Wrap(fmt.Sprintf("back up %s to %s", url, file), backUp(ctx, path, file))
}

func backUp(ctx context.Context, path, file string) (err error) {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	copied, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // SQLite takes an empty file
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, copied.Close())
		if err != nil {
			err = errors.Join(err, os.Remove(file)) // half a backup is none
		}
	}()
	db, err := openPool(path, 1, "mode=ro")
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, `VACUUM INTO ?`, file); err != nil {
		return err
	}
	return copied.Sync()
}
