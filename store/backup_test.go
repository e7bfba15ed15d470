package store

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"opsbot/internal/agefile"
	"opsbot/store/sqldb"
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
	require.NoError(t, sqldb.Backup(t.Context(), url, file, nil))
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

	require.ErrorIs(t, sqldb.Backup(t.Context(), url, file, nil), os.ErrExist, "never over a backup")
	pending, err = restored.Pending(t.Context(), 1000)
	require.NoError(t, err)
	require.NotEmpty(t, pending)
}

func TestBackupThatFailsLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	garbage, file := filepath.Join(dir, "garbage.db"), filepath.Join(dir, "copy.db")
	require.NoError(t, os.WriteFile(garbage, []byte("this is not a database, it only looks like a file of some length"), 0o600))
	require.ErrorIs(t, sqldb.Backup(t.Context(), "sqlite://"+garbage, file, nil), sqldb.ErrCorrupt)
	require.NoFileExists(t, file)
	require.ErrorIs(t, sqldb.Backup(t.Context(), "sqlite://"+filepath.Join(dir, "none.db"), file, nil), os.ErrNotExist)
	require.NoFileExists(t, file)
	err := sqldb.Backup(t.Context(), "postgres://u:a-secret@h/d", file, nil)
	require.ErrorIs(t, err, sqldb.ErrNoFile)
	require.NotContains(t, err.Error(), "a-secret")
}

// A sealed backup shows nothing, leaves no copy in the clear, and is restored by what opens it.
func TestASealedBackupIsRestored(t *testing.T) {
	url, dir := fileURL(t), t.TempDir()
	file := filepath.Join(dir, "copy.age")
	s := openURL(t, url)
	_, err := s.Append(t.Context(), start, []byte("a delivery"))
	require.NoError(t, err)
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	keys, err := agefile.Parse([]string{identity.Recipient().String()}, []string{identity.String()})
	require.NoError(t, err)
	require.NoError(t, sqldb.Backup(t.Context(), url, file, keys.Encrypt))
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	sealed, err := os.ReadFile(file)
	require.NoError(t, err)
	require.True(t, agefile.IsEncrypted(sealed))
	require.NotContains(t, string(sealed), "a delivery")
	require.ErrorIs(t, sqldb.Backup(t.Context(), url, file, keys.Encrypt), os.ErrExist)
	copies, err := filepath.Glob(strings.TrimPrefix(url, "sqlite://") + ".backup*")
	require.NoError(t, err)
	require.Empty(t, copies)

	restored := filepath.Join(dir, "restored.db")
	require.NoError(t, sqldb.Restore(t.Context(), file, restored, keys.Decrypt))
	pending, err := openURL(t, "sqlite://"+restored).Pending(t.Context(), 10)
	require.NoError(t, err)
	require.Equal(t, []byte("a delivery"), pending[0].Payload)
	require.ErrorIs(t, sqldb.Restore(t.Context(), file, restored, keys.Decrypt), os.ErrExist, "never over a database")

	other := filepath.Join(dir, "other.db")
	for name, broken := range map[string][]byte{"cut": sealed[:len(sealed)-1], "changed": bytes.Replace(sealed, sealed[len(sealed)/2:len(sealed)/2+8], []byte("changed!"), 1), "empty": nil} {
		require.NoError(t, os.WriteFile(file, broken, 0o600))
		require.Error(t, sqldb.Restore(t.Context(), file, other, keys.Decrypt), name)
		require.NoFileExists(t, other, name)
	}
	plain := func(r io.Reader) (io.Reader, error) { return r, nil }
	require.NoError(t, os.WriteFile(file, []byte("this is not a database"), 0o600))
	require.ErrorContains(t, sqldb.Restore(t.Context(), file, other, plain), "holds no SQLite database")
	whole, err := os.ReadFile(restored)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, whole[:len(whole)/2/4096*4096], 0o600))
	require.Error(t, sqldb.Restore(t.Context(), file, other, plain), "half a database")
	require.NoFileExists(t, other)
}
