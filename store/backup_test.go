package store

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"opsbot/store/sqldb"

	"github.com/stretchr/testify/require"
)

func TestBackup(t *testing.T) {
	url, file := fileURL(t), filepath.Join(t.TempDir(), "copy of it.db")
	s := openURL(t, url)
	_, err := s.Append(t.Context(), start, []byte("before"))
	require.NoError(t, err)
	var working sync.WaitGroup
	working.Go(func() {
		for range 200 {
			if _, err := s.Append(t.Context(), start, []byte("meanwhile")); err != nil {
				t.Error(err)
			}
		}
	})
	require.NoError(t, sqldb.Backup(t.Context(), url, file))
	working.Wait()
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it holds what the database holds")

	restored := openURL(t, "sqlite://"+file)
	pending, err := restored.Pending(t.Context(), 1000)
	require.NoError(t, err)
	require.Equal(t, []byte("before"), pending[0].Payload)
	_, err = restored.Append(t.Context(), start, []byte("after"))
	require.NoError(t, err)

	require.ErrorIs(t, sqldb.Backup(t.Context(), url, file), os.ErrExist, "never over a backup")
	pending, err = restored.Pending(t.Context(), 1000)
	require.NoError(t, err)
	require.NotEmpty(t, pending)
}

func TestBackupThatFailsLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	garbage, file := filepath.Join(dir, "garbage.db"), filepath.Join(dir, "copy.db")
	require.NoError(t, os.WriteFile(garbage, []byte("this is not a database, it only looks like a file of some length"), 0o600))
	require.ErrorIs(t, sqldb.Backup(t.Context(), "sqlite://"+garbage, file), sqldb.ErrCorrupt)
	require.NoFileExists(t, file)
	require.ErrorIs(t, sqldb.Backup(t.Context(), "sqlite://"+filepath.Join(dir, "none.db"), file), os.ErrNotExist)
	require.NoFileExists(t, file)
	err := sqldb.Backup(t.Context(), "postgres://u:a-secret@h/d", file)
	require.ErrorIs(t, err, sqldb.ErrNoFile)
	require.NotContains(t, err.Error(), "a-secret")
}
