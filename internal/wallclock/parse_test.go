package wallclock_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/wallclock"
)

func TestParseMoment(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	now := time.Date(2026, 3, 27, 12, 0, 0, 0, berlin) // a Friday, two days before the clocks change
	for text, want := range map[string]string{
		"now":                  "2026-03-27T12:00:00+01:00",
		"现在":                   "2026-03-27T12:00:00+01:00",
		"18:00":                "2026-03-27T18:00:00+01:00",
		"9:00":                 "2026-03-28T09:00:00+01:00",
		"12:00":                "2026-03-28T12:00:00+01:00",
		"Sunday 04:00":         "2026-03-29T04:00:00+02:00",
		"sun  04:00":           "2026-03-29T04:00:00+02:00",
		"周日 04:00":             "2026-03-29T04:00:00+02:00",
		"星期天 04:00":            "2026-03-29T04:00:00+02:00",
		"Fri 13:00":            "2026-03-27T13:00:00+01:00",
		"Fri 12:00":            "2026-04-03T12:00:00+02:00",
		"tomorrow 09:00":       "2026-03-28T09:00:00+01:00",
		"明天 09:00":             "2026-03-28T09:00:00+01:00",
		"today 12:01":          "2026-03-27T12:01:00+01:00",
		"2026-03-29 03:00":     "2026-03-29T03:00:00+02:00",
		"2026-03-29T03:00":     "2026-03-29T03:00:00+02:00",
		"2025-01-01":           "2025-01-01T00:00:00+01:00",
		"2026-03-29T03:00:00Z": "2026-03-29T05:00:00+02:00",
	} {
		got, err := wallclock.Parse(text, now)
		require.NoError(t, err, text)
		require.Equal(t, want, got.Format(time.RFC3339), text)
	}
	for _, text := range []string{"", "soon", "25:00", "Su 03:00", "Someday 03:00", "today 11:00", "2026-13-01", "Sunday", "周八 03:00", "18:00 Sunday"} {
		_, err := wallclock.Parse(text, now)
		require.Error(t, err, text)
	}
}
