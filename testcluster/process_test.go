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
	require.Eventually(t, func() bool {
		content, err := os.ReadFile(filepath.Join(dir, "child"))
		child = strings.TrimSpace(string(content))
		return err == nil && child != ""
	}, 10*time.Second, 10*time.Millisecond, "the child has started")
	proc.kill()
	require.Eventually(t, func() bool { return !alive(child) }, 10*time.Second, 10*time.Millisecond, "the child has ended")
}

// alive tells whether a process runs; one that only waits to be reaped by its parent does not.
func alive(pid string) bool {
	status, err := os.ReadFile(filepath.Join("/proc", pid, "status"))
	return err == nil && !strings.Contains(string(status), "State:\tZ")
}
