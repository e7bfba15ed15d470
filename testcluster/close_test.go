package testcluster

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"opsbot/testcluster/programs"

	"github.com/stretchr/testify/require"
)

func TestCloseLeavesNothingBehind(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane")
	}
	c, err := Start(t.Context(), Options{ReadyDelay: sharedReadyDelay})
	require.NoError(t, err)
	require.NotEmpty(t, processesNaming(t, c.dir), "the check itself must see the running programs")

	require.NoError(t, c.Close())
	require.Empty(t, processesNaming(t, c.dir))
	require.NoDirExists(t, c.dir)
	require.NoError(t, c.Close(), "closing twice")
}

func TestStartEndsWithItsContext(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane")
	}
	_, err := programs.Build(t.Context(), t.Output())
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
	defer cancel()
	_, err = Start(ctx, Options{})
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

// processesNaming returns the command lines of processes that mention text.
func processesNaming(t *testing.T, text string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	var found []string
	for _, file := range files {
		content, _ := os.ReadFile(file)
		if strings.Contains(string(content), text) {
			found = append(found, strings.ReplaceAll(string(content), "\x00", " "))
		}
	}
	return found
}
