package sqldb

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// fileHeader begins each file of SQLite.
const fileHeader = "SQLite format 3\x00"

// Restore writes the database that a backup holds to a new file, and looks whether it is whole. open decrypts what is encrypted. It never
// writes over anything: opsbot is to be started with the new file when all is well.
func Restore(ctx context.Context, backup, file string, open func(io.Reader) (io.Reader, error)) error {
	return Wrap(fmt.Sprintf("restore %s to %s", backup, file), restore(ctx, backup, file, open))
}

func restore(ctx context.Context, backup, file string, open func(io.Reader) (io.Reader, error)) error {
	stored, err := os.Open(backup)
	if err != nil {
		return err
	}
	defer stored.Close()
	content, err := open(bufio.NewReader(stored))
	if err != nil {
		return err
	}
	return newFile(file, func(restored *os.File) error {
		database := bufio.NewReader(content)
		if header, err := database.Peek(len(fileHeader)); string(header) != fileHeader {
			return errors.Join(errors.New("it holds no SQLite database"), err)
		}
		if _, err := io.Copy(restored, database); err != nil {
			return err
		}
		return checkFile(ctx, file)
	})
}

func checkFile(ctx context.Context, file string) error {
	db, err := openPool(file, 1, "mode=ro")
	if err != nil {
		return err
	}
	defer db.Close()
	var found string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return fmt.Errorf("the database is damaged: %s: %w", found, ErrCorrupt)
	}
	return nil
}
