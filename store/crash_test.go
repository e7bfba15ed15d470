package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// crashPath tells a copy of the test binary to be the process that is killed.
const crashPath = "OPSBOT_TEST_CRASH_PATH"

// appendForEver appends with several senders and prints each payload once its append was acknowledged.
func appendForEver(path string) {
	s, err := Open(context.Background(), "sqlite://"+path, Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for sender := range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				payload := fmt.Sprintf("%d-%d-%d", os.Getpid(), sender, i)
				if _, err := s.Append(context.Background(), start, []byte(payload)); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				mu.Lock()
				fmt.Println(payload)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// TestKilledInTheMiddle kills a process while it appends, again and again, on one database.
func TestKilledInTheMiddle(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	path := filepath.Join(t.TempDir(), "opsbot.db")
	acknowledged := map[string]bool{}
	for round := range 5 {
		for _, payload := range appendUntilKilled(t, path, 200+100*round) {
			acknowledged[payload] = true
		}
	}
	s, err := openAt(t, path)
	require.NoError(t, err, "the lock of a killed process is free")
	pending, err := s.Pending(t.Context(), 1_000_000)
	require.NoError(t, err)
	for _, e := range pending {
		delete(acknowledged, string(e.Payload))
	}
	require.Empty(t, acknowledged, "acknowledged, but not there")
}

func appendUntilKilled(t *testing.T, path string, after int) (acknowledged []string) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashPath+"="+path)
	var complaints strings.Builder
	child.Stderr = &complaints
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	defer child.Wait()
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil { // the rest of a line that was cut by the kill was not acknowledged
			require.GreaterOrEqual(t, len(acknowledged), after, complaints.String())
			return acknowledged
		}
		acknowledged = append(acknowledged, strings.TrimSpace(line))
		if len(acknowledged) == after {
			require.NoError(t, child.Process.Kill())
		}
	}
}
