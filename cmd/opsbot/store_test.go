package main

import (
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"opsbot/internal/apptest"
	"opsbot/store"
)

// What a person types to keep opsbot's database in a safe place, and to get it back with the file of age-keygen alone.
func TestAnEncryptedBackupByCommand(t *testing.T) {
	dir := t.TempDir()
	database, backup, restored := filepath.Join(dir, "opsbot.db"), filepath.Join(dir, "backup.age"), filepath.Join(dir, "restored.db")
	s, err := store.Open(t.Context(), "sqlite://"+database, store.Options{})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	key := filepath.Join(dir, "key.txt")
	require.NoError(t, os.WriteFile(key, []byte("# public key: "+identity.Recipient().String()+"\n"+identity.String()+"\n"), 0o600))
	config := apptest.WriteConfigOn(t, apptest.Workspace(t), "127.0.0.1:0", "sqlite://"+database)
	t.Setenv("OPSBOT_BACKUP_RECIPIENTS", identity.Recipient().String())

	code, stdout, stderr := typed(t, "store", "backup", backup, "--config", config)
	require.Zero(t, code, stderr)
	require.Equal(t, "ok    "+backup+"\n", stdout)
	code, _, stderr = typed(t, "store", "restore", backup, restored, "--config", config)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "no identity opens the file")
	require.NoFileExists(t, restored)
	code, _, stderr = typed(t, "store", "restore", backup, restored, "--identity", key, "--config", "/nowhere")
	require.Zero(t, code, stderr)
	s, err = store.Open(t.Context(), "sqlite://"+restored, store.Options{})
	require.NoError(t, err)
	require.NoError(t, s.Close())

	t.Setenv("OPSBOT_BACKUP_IDENTITIES", "file:"+key)
	code, _, stderr = typed(t, "store", "restore", backup, filepath.Join(dir, "again.db"), "--config", config)
	require.Zero(t, code, stderr)
	t.Setenv("OPSBOT_BACKUP_RECIPIENTS", "")
	plain := filepath.Join(dir, "plain.db")
	code, _, stderr = typed(t, "store", "backup", plain, "--config", config)
	require.Zero(t, code, stderr)
	code, _, stderr = typed(t, "store", "restore", plain, filepath.Join(dir, "from plain.db"), "--config", "/nowhere")
	require.Zero(t, code, stderr)
}
