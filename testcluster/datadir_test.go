package testcluster

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAbandonedDataIsRemovedAndUsedDataIsNot(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	abandoned := filepath.Join(os.TempDir(), dataDirPattern+"1")
	require.NoError(t, writeFiles(abandoned, map[string][]byte{ownerLockFile: nil}))
	used, remove, err := newDataDir()
	require.NoError(t, err)
	require.NoDirExists(t, abandoned)

	_, removeOther, err := newDataDir()
	require.NoError(t, err)
	require.DirExists(t, used)
	require.NoError(t, remove())
	require.NoDirExists(t, used)
	require.NoError(t, removeOther())
}

func TestOnlyOneBuildsAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "build.lock")
	var log bytes.Buffer
	unlock, err := lockFile(t.Context(), path, &log)
	require.NoError(t, err)
	require.Empty(t, log.String())

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err = lockFile(ctx, path, &log)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Contains(t, log.String(), "waiting for another process")

	unlock()
	again, err := lockFile(t.Context(), path, &log)
	require.NoError(t, err)
	again()
}

func TestBuildKeyChangesWithTheGoVersion(t *testing.T) {
	require.Equal(t, buildKey("go1.26.1"), buildKey("go1.26.1"))
	require.NotEqual(t, buildKey("go1.26.1"), buildKey("go1.26.2"))
}
