package testcluster

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFailedStartShowsTheProgramsLog(t *testing.T) {
	broken := program{name: "broken", path: "/bin/sh", args: []string{"-c", "echo no such flag; exit 3"}}
	proc, err := startProcess(broken, t.TempDir())
	require.NoError(t, err)
	err = proc.waitReady(t.Context(), func(context.Context) error { return errors.New("connection refused") })
	require.ErrorContains(t, err, "exit status 3")
	require.ErrorContains(t, err, "no such flag")
}

func TestLostPortIsRecognised(t *testing.T) {
	for output, want := range map[string]bool{
		"listen tcp 127.0.0.1:1: bind: address already in use": true,
		"no such flag": false,
	} {
		proc, err := startProcess(program{name: "p", path: "/bin/sh", args: []string{"-c", "echo " + output}}, t.TempDir())
		require.NoError(t, err)
		<-proc.done
		require.Equal(t, want, proc.lostPort(), output)
	}
}

func TestKillEndsWhatTheProcessStarted(t *testing.T) {
	dir := t.TempDir()
	script := "sleep 600 & echo $! > child; wait"
	proc, err := startProcess(program{name: "parent", path: "/bin/sh", args: []string{"-c", script}, dir: dir}, dir)
	require.NoError(t, err)
	var child string
	eventually(t, 10*time.Second, "the child has started", func() bool {
		content, err := os.ReadFile(filepath.Join(dir, "child"))
		child = strings.TrimSpace(string(content))
		return err == nil && child != ""
	})
	proc.kill()
	eventually(t, 10*time.Second, "the child has ended", func() bool { return !alive(child) })
}

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
	_, err := Binaries(t.Context(), t.Output())
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

// alive tells whether a process runs; one that only waits to be reaped by its parent does not.
func alive(pid string) bool {
	status, err := os.ReadFile(filepath.Join("/proc", pid, "status"))
	return err == nil && !strings.Contains(string(status), "State:\tZ")
}
