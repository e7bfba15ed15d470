package runs_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/runs"
)

func TestParseTime(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	now := time.Date(2026, 3, 27, 12, 0, 0, 0, zone) // a Friday, two days before the clocks change
	for text, want := range map[string]string{
		"Fri 18:00": "2026-03-27T18:00:00+01:00", "18:00": "2026-03-27T18:00:00+01:00", "tomorrow 9:00": "2026-03-28T09:00:00+01:00",
		"2026-12-01 18:00": "2026-12-01T18:00:00+01:00", "in 2h": "2026-03-27T14:00:00+01:00", "in 1h 30m": "2026-03-27T13:30:00+01:00",
		"周五 18:00": "2026-03-27T18:00:00+01:00", "明天 9:00": "2026-03-28T09:00:00+01:00", "2h后": "2026-03-27T14:00:00+01:00",
		" Mon 18:00 ": "2026-03-30T18:00:00+02:00",
	} {
		got, err := runs.ParseTime(text, now, now)
		require.NoError(t, err, text)
		require.Equal(t, want, got.Format(time.RFC3339), text)
	}
	for text, id := range map[string]string{
		"2026-03-27 11:00": "runs.time.past", "today 11:00": "runs.time.past", "now": "runs.time.past", "in -2h": "runs.time.past",
		"Sun 02:30": "runs.time.gap", "2026-03-29 02:00": "runs.time.gap",
		"": "runs.time.unreadable", "soon": "runs.time.unreadable", "25:00": "runs.time.unreadable", "in a while": "runs.time.unreadable",
		"2099-01-01 10:00": "runs.time.far",
	} {
		_, err := runs.ParseTime(text, now, now)
		var problem *runs.TimeError
		require.ErrorAs(t, err, &problem, text)
		require.Equal(t, id, problem.Message.ID, text)
	}
}

func TestALengthCountsFromWhenItWasAskedFor(t *testing.T) {
	asked := time.Date(2026, 3, 27, 12, 0, 0, 0, time.UTC)
	at, err := runs.ParseTime("in 2h", asked, asked.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, asked.Add(2*time.Hour), at)
	_, err = runs.ParseTime("in 2h", asked, asked.Add(2*time.Hour))
	require.Error(t, err, "it took too long to confirm")
}
