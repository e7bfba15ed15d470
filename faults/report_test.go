package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/faults/judge"
)

func TestTable(t *testing.T) {
	faults, err := choose("kill,away")
	require.NoError(t, err)
	var out strings.Builder
	require.NoError(t, writeTable(&out, faults, []played{
		{round: round{fault: faults[0]}, Verdict: judge.Verdict{Deliveries: 9, Alerts: 5, Pages: 4, Operations: 2, Converged: 2 * time.Second}},
		{round: round{fault: faults[0]}, Verdict: judge.Verdict{
			Deliveries: 1, Alerts: 5, Pages: 4, Operations: 2, Converged: 8 * time.Second, DoubledPages: 1, Problems: []string{"page doubled"},
		}},
		{round: round{fault: faults[1]}, Verdict: judge.Verdict{Alerts: 3, Unanswered: 1, Converged: 5 * time.Second}},
	}))
	require.Contains(t, out.String(), "\n| opsbot killed (kill -9) | 2 | 1 | 10 | 10 | 8 | 4 | 0, 0 | 1, 0, 0 | 0 | 0 | 8 s, 8 s |\n")
	require.Contains(t, out.String(), "\n| Slack away | 1 | 0 | 0 | 3 | 0 | 0 | 0, 0 | 0, 0, 0 | 0 | 1 | 5 s, 5 s |\n")
	require.Contains(t, out.String(), "\n| **all** | 3 | 1 | 10 | 13 | 8 | 4 | 0, 0 | 1, 0, 0 | 0 | 1 | 5 s, 8 s |\n")
}

// A round that failed can be repeated by what is printed.
func TestFailuresSayHowToRepeat(t *testing.T) {
	kill := matrix()[0]
	require.NoError(t, failures([]played{{round: round{fault: kill}}}, 7))
	err := failures([]played{{round: round{fault: kill, number: 3}, Verdict: judge.Verdict{Problems: []string{"page lost"}}, logs: "/tmp/x"}}, 7)
	require.EqualError(t, err, "kill-3 failed; repeat: go run ./faults -seed 7 -only kill -round 3; logs: /tmp/x")
}
