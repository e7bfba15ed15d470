package bot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTimestamps(t *testing.T) {
	at := time.Date(2026, 3, 2, 12, 0, 0, 2000, time.UTC)
	require.Equal(t, "1772452800.000002", Timestamp(at))
	back, ok := ParseTimestamp("1772452800.000002")
	require.True(t, ok)
	require.Equal(t, at, back)
	for _, bad := range []string{"", "1772452800", "1772452800.02", "x.000002", "1772452800.00000x"} {
		_, ok := ParseTimestamp(bad)
		require.False(t, ok, bad)
	}
}

func TestRetryAfterIsTheLongestThatWasAskedFor(t *testing.T) {
	var r RetryAfter
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	require.Zero(t, r.Left(now))
	r.Close(now.Add(7 * time.Second))
	r.Close(now.Add(2 * time.Second))
	require.Equal(t, 7*time.Second, r.Left(now))
	require.Zero(t, r.Left(now.Add(time.Minute)))
}

func TestBackoffDoublesUpToItsLimit(t *testing.T) {
	for attempt, want := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 5 * time.Second} {
		require.Equal(t, want, Backoff(time.Second, 5*time.Second, attempt))
	}
	require.Equal(t, 5*time.Second, Backoff(time.Second, 5*time.Second, 1_000_000))
}
