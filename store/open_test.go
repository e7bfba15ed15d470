package store

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"opsbot/store/sqldb"

	"github.com/stretchr/testify/require"
)

func openAt(t *testing.T, path string) (*Store, error) {
	t.Helper()
	s, err := Open(t.Context(), "sqlite://"+path, Options{})
	if err == nil {
		t.Cleanup(func() { s.Close() })
	}
	return s, err
}

func openFile(t *testing.T) *Store {
	t.Helper()
	s, err := openAt(t, filepath.Join(t.TempDir(), "opsbot.db"))
	require.NoError(t, err)
	return s
}

func TestOpenTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a dir?with%20odd#names", "opsbot.db")
	require.NoError(t, os.Mkdir(filepath.Dir(path), 0o700))
	first, err := openAt(t, path)
	require.NoError(t, err)
	_, err = openAt(t, path)
	require.ErrorIs(t, err, sqldb.ErrInUse)
	require.NoError(t, first.Close())
	again, err := openAt(t, path)
	require.NoError(t, err, "a closed store gives its lock back")
	require.NoError(t, again.Close())
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.db")
	require.NoError(t, os.WriteFile(garbage, []byte("this is not a database, it only looks like a file of some length"), 0o600))
	for name, tt := range map[string]struct {
		url  string
		want error
		text string
	}{
		"not a database":    {"sqlite://" + garbage, sqldb.ErrCorrupt, "restore it from a backup"},
		"no such directory": {"sqlite://" + filepath.Join(dir, "none", "x.db"), sqldb.ErrCannotUse, "check that its directory exists"},
		"other database":    {"mysql://localhost/opsbot", nil, "want sqlite://PATH or postgres://"},
		"no scheme":         {"opsbot.db", nil, "want sqlite://PATH"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(t.Context(), tt.url, Options{})
			require.ErrorContains(t, err, tt.text)
			if tt.want != nil {
				require.ErrorIs(t, err, tt.want)
			}
		})
	}
}

func TestOpenReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "opsbot.db")
	_, err := OpenReadOnly(t.Context(), "sqlite://"+path)
	require.ErrorIs(t, err, os.ErrNotExist)
	writing, err := openAt(t, path)
	require.NoError(t, err)
	_, err = writing.Append(t.Context(), start, []byte("x"))
	require.NoError(t, err)

	reading, err := OpenReadOnly(t.Context(), "sqlite://"+path)
	require.NoError(t, err, "also while an opsbot works with it")
	pending, err := reading.Pending(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, pending, 1)
	_, err = reading.Append(t.Context(), start, []byte("y"))
	require.ErrorIs(t, err, sqldb.ErrClosed)
	require.NoError(t, reading.Close())
}

func TestOpenRefusesReadOnly(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o500))
	_, err := openAt(t, filepath.Join(dir, "opsbot.db"))
	require.ErrorIs(t, err, sqldb.ErrReadOnly)
}

func TestOpenRefusesNewerSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "opsbot.db")
	s, err := openAt(t, path)
	require.NoError(t, err)
	_, err = s.db.Writes.Exec(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	_, err = openAt(t, path)
	require.ErrorIs(t, err, sqldb.ErrNewer)
}

func TestLockedByAnotherProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "opsbot.db")
	s, err := openAt(t, path)
	require.NoError(t, err)
	_, err = s.db.Writes.Exec(t.Context(), `PRAGMA busy_timeout = 10`)
	require.NoError(t, err)
	other, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate")
	require.NoError(t, err)
	t.Cleanup(func() { other.Close() })
	held, err := other.Begin()
	require.NoError(t, err)
	_, err = s.Append(t.Context(), s.now(), []byte("x"))
	require.ErrorIs(t, err, sqldb.ErrLocked)
	require.NoError(t, held.Rollback())
	_, err = s.Append(t.Context(), s.now(), []byte("x"))
	require.NoError(t, err, "the store goes on once the lock is gone")
}

func TestDiskFull(t *testing.T) {
	s := openFile(t)
	id, err := s.Append(t.Context(), s.now(), []byte("before"))
	require.NoError(t, err)
	_, err = s.db.Writes.Exec(t.Context(), `PRAGMA max_page_count = 1`) // as many as there are
	require.NoError(t, err)
	_, err = s.Append(t.Context(), s.now(), make([]byte, 1<<20))
	require.ErrorIs(t, err, sqldb.ErrDiskFull)
	_, err = s.db.Writes.Exec(t.Context(), `PRAGMA max_page_count = 100000`)
	require.NoError(t, err)
	second, err := s.Append(t.Context(), s.now(), []byte("after"))
	require.NoError(t, err, "the store goes on once there is space")
	pending, err := s.Pending(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, pending, 2)
	require.Equal(t, []int64{id, second}, []int64{pending[0].ID, pending[1].ID})
}

func TestClosed(t *testing.T) {
	s := openFile(t)
	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
	_, err := s.Append(context.Background(), s.now(), []byte("x"))
	require.ErrorIs(t, err, sqldb.ErrClosed)
}
