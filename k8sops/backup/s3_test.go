package backup

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/optest"
	"opsbot/internal/s3test"
	"opsbot/k8sops"
)

func openBucket(t *testing.T, address string) *BlobStore {
	t.Helper()
	store, err := Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

func TestBackupInABucketIsStoredVerifiedAndPruned(t *testing.T) {
	server := s3test.Start(t)
	store := openBucket(t, server.URL())
	d := testBackups(t)
	d.Backups = store
	database := &optest.FakeDatabase{Dump: strings.Repeat("PGDMP row row row\n", 5000)}
	call := backupCall(t, d, database)
	plan, _, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.True(t, proof.OK)
	require.Equal(t, database.Dump, database.Restored)
	list, err := List(t.Context(), store, "demo", optest.TestNamespace)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.False(t, list[0].VerifiedAt.IsZero())
	require.Len(t, server.Leftovers(t), 2, "a dump and its manifest")

	// A dump that changed in the storage is found out.
	file := filepath.Join(server.Files, "opsbot", list[0].Object)
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	content[len(content)-1] ^= 1
	require.NoError(t, os.WriteFile(file, content, 0o600))
	proof, err = call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.False(t, proof.OK)

	putBackup(t, store, 20)
	removed, err := Prune(t.Context(), store, "demo", optest.TestNamespace, 7*24*time.Hour, optest.TestNow())
	require.NoError(t, err)
	require.Len(t, removed, 1)
	require.Len(t, server.Leftovers(t), 2)
}

// dyingStorage kills the server in the middle of the dump.
type dyingStorage struct {
	optest.FakeDatabase
	kill func()
}

func (d *dyingStorage) Exec(ctx context.Context, command k8sops.Command) error {
	if command.Args[0] != "pg_dump" {
		return d.FakeDatabase.Exec(ctx, command)
	}
	if err := optest.Write(command.Stdout, strings.Repeat("x", 1<<20)); err != nil {
		return err
	}
	d.kill()
	return optest.Write(command.Stdout, strings.Repeat("y", 1<<20))
}

func TestAStorageThatDiesInTheMiddleOfABackup(t *testing.T) {
	server := s3test.Start(t)
	d := testBackups(t)
	d.Backups = openBucket(t, server.URL())
	call := backupCall(t, d, nil)
	call.Client.Exec = &dyingStorage{kill: server.Kill}
	_, _, _, err := optest.RunAll(t.Context(), call)
	require.Equal(t, "k8sops.backup.storage.unreachable", optest.MessageID(t, err))
	e, _ := optest.AsError(err)
	require.Equal(t, "k8sops.backup.leftover", e.Hint.ID)
	require.Empty(t, server.Leftovers(t))
}
