package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/faults/judge"
)

// One round of each fault, against the real thing. The clock's is left out: its program takes minutes to build.
func TestOneRoundOfEachFault(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a control plane, PostgreSQL, and an Alertmanager and opsbots for each round")
	}
	var names []string
	for _, name := range faultNames() {
		if name != "clock" {
			names = append(names, name)
		}
	}
	var out, progress strings.Builder
	err := run(t.Context(), []string{"-rounds", "1", "-parallel", "9", "-only", strings.Join(names, ",")}, &out, &progress)
	t.Log(progress.String())
	require.NoError(t, err, out.String())
}

func TestRoundsAreShared(t *testing.T) {
	rounds := share(matrix(), options{rounds: 210, round: -1})
	require.InDelta(t, 210, len(rounds), 5)
	count := map[string]int{}
	for _, r := range rounds {
		require.Equal(t, count[r.fault.name], r.number, "the rounds of a fault are numbered")
		count[r.fault.name]++
	}
	require.Len(t, count, len(matrix()), "every fault has rounds")
	require.Len(t, share(matrix(), options{rounds: 1, round: -1}), len(matrix()), "one round of each at least")

	chosen, err := choose("kill")
	require.NoError(t, err)
	require.Equal(t, []int{7}, []int{share(chosen, options{rounds: 1, round: 7})[0].number})
}

// The same seed and round invent the same story.
func TestRoundsAreRepeatable(t *testing.T) {
	r := round{fault: matrix()[0], number: 3}
	invent := func(seed uint64) []judge.Story { return newStories(r.random(seed), time.Minute) }
	require.Equal(t, invent(1), invent(1))
	require.NotEqual(t, invent(1), invent(2))
	other := round{fault: matrix()[1], number: 3}
	require.NotEqual(t, invent(1), newStories(other.random(1), time.Minute))
}

func TestFlags(t *testing.T) {
	for args, want := range map[string]string{
		"-rounds 0":               "usage:",
		"-parallel 11":            "-parallel must be from 1 to 10",
		"-round 3":                "-round needs -only",
		"-round 3 -only kill,429": "-round needs -only",
	} {
		_, err := parse(strings.Fields(args), &strings.Builder{})
		require.ErrorContains(t, err, want, args)
	}
	_, err := choose("kill,fire")
	require.ErrorContains(t, err, `no fault "fire"`)
}

// What is told of one story is in order, and ends within the time.
func TestStories(t *testing.T) {
	for number := range 200 {
		const window = 5 * time.Second
		stories := newStories(round{number: number}.random(1), window)
		require.Len(t, stories, storiesPerRound)
		require.Equal(t, judge.AckNever, stories[0].Ack)
		require.Zero(t, stories[0].Ends, "it is left alone until the second step is paged")
		for _, s := range stories {
			require.Positive(t, s.Fires)
			require.True(t, s.Grows == 0 || s.Grows > s.Fires)
			require.True(t, s.Ends == 0 || s.Ends > max(s.Fires, s.Grows))
			require.LessOrEqual(t, max(s.Fires, s.Grows, s.Ends), window)
		}
	}
}
