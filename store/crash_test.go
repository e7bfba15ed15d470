package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// crashURL tells a copy of the test binary to be the process that is killed, and its database.
const crashURL = "OPSBOT_TEST_CRASH_URL"

// appendForEver appends with several senders and prints each payload once its append was acknowledged.
func appendForEver(url string) {
	s, err := Open(context.Background(), url, Options{})
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
	for name, newURL := range map[string]func(testing.TB) string{"sqlite": fileURL, "postgres": postgresURL} {
		t.Run(name, func(t *testing.T) {
			url := newURL(t)
			acknowledged := map[string]bool{}
			for round := range 5 {
				for _, payload := range appendUntilKilled(t, url, 200+100*round) {
					acknowledged[payload] = true
				}
			}
			pending, err := openURL(t, url).Pending(t.Context(), 1_000_000)
			require.NoError(t, err, "the lock of a killed process is free")
			for _, e := range pending {
				delete(acknowledged, string(e.Payload))
			}
			require.Empty(t, acknowledged, "acknowledged, but not there")
		})
	}
}

func appendUntilKilled(t *testing.T, url string, after int) (acknowledged []string) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashURL+"="+url)
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
