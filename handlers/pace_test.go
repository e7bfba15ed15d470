package handlers

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestEstimatesAreSane(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, start, now := &pace{}, time.Unix(1000, 0), time.Unix(1000, 0)
		for range rapid.IntRange(1, 20).Draw(t, "looks") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "pause")))
			total := rapid.IntRange(0, 100).Draw(t, "total")
			left := p.left(rapid.IntRange(-5, 110).Draw(t, "done"), total, now)
			require.GreaterOrEqual(t, left, time.Duration(0))
			require.LessOrEqual(t, left, 10*now.Sub(start), "an estimate extrapolates from a tenth at least")
		}
	})
}

// What was there at the beginning is no progress, and nothing is promised while nothing moves.
func TestAnEstimateIsOfWhatWasDone(t *testing.T) {
	start := time.Unix(1000, 0)
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	p := &pace{}
	require.Zero(t, p.left(3, 5, at(0)))
	require.Zero(t, p.left(3, 5, at(9)), "three of five were there before")
	require.Equal(t, 20*time.Second, p.left(4, 5, at(20)))
	require.Equal(t, 29*time.Second, p.left(4, 5, at(29)))
	require.Zero(t, p.left(4, 5, at(30)), "nothing has moved for ten seconds")
	require.Zero(t, p.left(2, 5, at(31)), "it went back: counted from here")
	require.Equal(t, 20*time.Second, p.left(3, 5, at(41)))
	require.Zero(t, p.left(1, 2, at(42)), "another total is another stretch")
}
