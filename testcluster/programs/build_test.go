package programs

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestEmbeddedToolsModuleIsFresh(t *testing.T) {
	for embedded, source := range map[string]string{"../tools/go.mod": string(toolsMod), "../tools/go.sum": string(toolsSum)} {
		content, err := os.ReadFile(embedded)
		require.NoError(t, err)
		require.Equal(t, string(content), source, "run go generate ./testcluster/...")
	}
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
