package backup

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/artifacts"
	"opsbot/internal/optest"
	"opsbot/k8sops"
)

func unreachable() error {
	return &artifacts.Error{Kind: artifacts.Unreachable, Storage: "s3://backups", Action: "read", Reason: "connection reset", Err: errors.New("reset")}
}

// breakingReads is a storage that goes away while a dump is read.
type breakingReads struct{ Store }

func (b breakingReads) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	r, err := b.Store.Open(ctx, key)
	if err != nil || !strings.HasSuffix(key, dumpSuffix) {
		return r, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(io.LimitReader(r, 20), brokenBy{unreachable()}), r}, nil
}

type brokenBy struct{ err error }

func (b brokenBy) Read([]byte) (int, error) { return 0, b.err }

func TestAStorageThatGoesAwayMakesNoBackupUntrustworthy(t *testing.T) {
	d := testBackups(t)
	store := d.Backups
	d.Backups = breakingReads{store}
	call := backupCall(t, d, &optest.FakeDatabase{Dump: strings.Repeat("PGDMP row\n", 5000)})
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.NoError(t, optest.Do(t.Context(), call, plan))
	_, err = call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
	require.Equal(t, "k8sops.backup.storage.unreachable", optest.MessageID(t, err))
}

// withoutManifests is a storage that becomes full behind the dump; with stays it removes nothing either.
type withoutManifests struct {
	Store
	stays bool
}

func (w withoutManifests) Put(ctx context.Context, key string, r io.Reader) (artifacts.Stored, error) {
	if strings.HasSuffix(key, manifestSuffix) {
		return artifacts.Stored{}, explain(&artifacts.Error{Kind: artifacts.Full, Action: "write", Key: key, Err: errors.New("full")})
	}
	return w.Store.Put(ctx, key, r)
}

func (w withoutManifests) Delete(ctx context.Context, key string) error {
	if w.stays {
		return explain(unreachable())
	}
	return w.Store.Delete(ctx, key)
}

func TestADumpWhoseManifestCannotBeStoredIsRemoved(t *testing.T) {
	for _, stays := range []bool{false, true} {
		d := testBackups(t)
		store := d.Backups
		d.Backups = withoutManifests{store, stays}
		call := backupCall(t, d, &optest.FakeDatabase{Dump: "PGDMP"})
		_, _, _, err := optest.RunAll(t.Context(), call)
		require.Equal(t, "k8sops.backup.storage.full", optest.MessageID(t, err))
		e, _ := optest.AsError(err)
		if !stays {
			require.Equal(t, "k8sops.backup.nothing_stored", e.Hint.ID)
			requireEmpty(t, store)
			continue
		}
		require.Equal(t, "k8sops.backup.leftover", e.Hint.ID, "the dump is still there, and that is said")
		require.Len(t, keysOf(t, store, ""), 1)

		// It is no backup, and goes with the first pruning after two days.
		_, err = Prune(t.Context(), store, "demo", optest.TestNamespace, time.Hour, time.Now().Add(24*time.Hour))
		require.NoError(t, err)
		require.Len(t, keysOf(t, store, ""), 1, "it may belong to a backup that is under way")
		_, err = Prune(t.Context(), store, "demo", optest.TestNamespace, time.Hour, time.Now().Add(3*24*time.Hour))
		require.NoError(t, err)
		requireEmpty(t, store)
	}
}

// A dump of a database that fails is explained by the database's error; what is left in the storage is said as well.
func TestWhatIsLeftIsSaidBesideTheErrorOfTheDump(t *testing.T) {
	failed := &k8sops.CommandError{Program: "pg_dump", Code: 1, Stderr: "connection failed"}
	answer := &k8sops.Error{Code: k8sops.CodeFailed, Cause: failed}
	left := &artifacts.Error{Kind: artifacts.Unfinished, Key: "x.dump.zst", Leftover: true, Err: errors.New("abort failed")}
	e, ok := optest.AsError(sayWhatIsLeft(answer, errors.Join(failed, left)))
	require.True(t, ok)
	require.Equal(t, "k8sops.backup.leftover", e.Hint.ID)
	require.True(t, answer.Hint.IsZero(), "the error that was given is as it was")
	require.Equal(t, error(answer), sayWhatIsLeft(answer, failed))
}
