package host

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
	broken := Program{Name: "broken", Path: "/bin/sh", Args: []string{"-c", "echo no such flag; exit 3"}}
	proc, err := Start(broken, t.TempDir())
	require.NoError(t, err)
	err = proc.WaitReady(t.Context(), func(context.Context) error { return errors.New("connection refused") })
	require.ErrorContains(t, err, "exit status 3")
	require.ErrorContains(t, err, "no such flag")
}

func TestLostPortIsRecognised(t *testing.T) {
	for output, want := range map[string]bool{
		"listen tcp 127.0.0.1:1: bind: address already in use": true,
		"no such flag": false,
	} {
		proc, err := Start(Program{Name: "p", Path: "/bin/sh", Args: []string{"-c", "echo " + output}}, t.TempDir())
		require.NoError(t, err)
		<-proc.Done
		require.Equal(t, want, proc.LostPort(), output)
	}
}

func TestKillEndsWhatTheProcessStarted(t *testing.T) {
	dir := t.TempDir()
	script := "sleep 600 & echo $! > child; wait"
	proc, err := Start(Program{Name: "parent", Path: "/bin/sh", Args: []string{"-c", script}, Dir: dir}, dir)
	require.NoError(t, err)
	var child string
	require.Eventually(t, func() bool {
		content, err := os.ReadFile(filepath.Join(dir, "child"))
		child = strings.TrimSpace(string(content))
		return err == nil && child != ""
	}, 10*time.Second, 10*time.Millisecond, "the child has started")
	proc.Kill()
	require.Eventually(t, func() bool { return !alive(child) }, 10*time.Second, 10*time.Millisecond, "the child has ended")
}

// alive tells whether a process runs; one that only waits to be reaped by its parent does not.
func alive(pid string) bool {
	status, err := os.ReadFile(filepath.Join("/proc", pid, "status"))
	return err == nil && !strings.Contains(string(status), "State:\tZ")
}
