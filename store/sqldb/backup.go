package sqldb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// ErrNoFile is Backup's answer for a database that is not a file.
var ErrNoFile = errors.New(`the database is on a PostgreSQL server, whose own tool makes a backup while opsbot runs: pg_dump --format=custom --file=FILE "URL", or encrypted: pg_dump --format=custom "URL" | age -r RECIPIENT > FILE`)

// Seal encrypts what is written to it, to w; nil: it is not encrypted.
type Seal func(w io.Writer) (io.WriteCloser, error)

// Backup writes a copy of the database at url to a new file, also while opsbot works with it: one state of all of it,
// compact, without the files beside it that SQLite has. It never writes over anything.
func Backup(ctx context.Context, url, file string, seal Seal) error {
	path, ok := strings.CutPrefix(url, "sqlite://")
	if !ok || path == MemoryPath {
		return Wrap("back up "+Redacted(url), ErrNoFile)
	}
	write := backUp
	if seal != nil {
		write = func(ctx context.Context, path, file string) error { return backUpSealed(ctx, path, file, seal) }
	}
	return Wrap(fmt.Sprintf("back up %s to %s", url, file), write(ctx, path, file))
}

func backUp(ctx context.Context, path, file string) (err error) {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	return newFile(file, func(copied *os.File) error { return vacuumInto(ctx, path, copied.Name()) }) // SQLite takes an empty file
}

func vacuumInto(ctx context.Context, path, file string) error {
	db, err := openPool(path, 1, "mode=ro")
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, file)
	return err
}

// backUpSealed encrypts a copy that SQLite, which writes nothing but files, makes beside the database: there its content lies anyway.
func backUpSealed(ctx context.Context, path, file string, seal Seal) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	return newFile(file, func(sealed *os.File) (err error) {
		plain, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".backup-*") // 0600
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, plain.Close(), os.Remove(plain.Name())) }()
		if err := vacuumInto(ctx, path, plain.Name()); err != nil {
			return err
		}
		w, err := seal(sealed)
		if err != nil {
			return err
		}
		if _, err := io.Copy(w, plain); err != nil {
			return err
		}
		return w.Close()
	})
}

// newFile has a new file written that nobody else can read, and removes it if that fails: half a backup is none.
func newFile(name string, write func(*os.File) error) (err error) {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, file.Close())
		if err != nil {
			err = errors.Join(err, os.Remove(name))
		}
	}()
	if err := write(file); err != nil {
		return err
	}
	return file.Sync()
}
