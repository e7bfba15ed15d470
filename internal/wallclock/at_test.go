package wallclock_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/wallclock"
)

func TestAtWhereClocksChange(t *testing.T) {
	for _, tc := range []struct{ zone, wall, want, gapEnd string }{
		{zone: "Europe/Berlin", wall: "2026-03-29 01:59", want: "2026-03-29T01:59:00+01:00"},
		{zone: "Europe/Berlin", wall: "2026-03-29 02:30", gapEnd: "2026-03-29T03:00:00+02:00"},
		{zone: "Europe/Berlin", wall: "2026-10-25 02:30", want: "2026-10-25T02:30:00+02:00"},
		{zone: "America/New_York", wall: "2026-03-08 02:00", gapEnd: "2026-03-08T03:00:00-04:00"},
		{zone: "America/New_York", wall: "2026-11-01 01:30", want: "2026-11-01T01:30:00-04:00"},
		{zone: "Australia/Lord_Howe", wall: "2026-04-05 01:45", want: "2026-04-05T01:45:00+11:00"}, // half an hour
		{zone: "Asia/Shanghai", wall: "2026-03-29 02:30", want: "2026-03-29T02:30:00+08:00"},
	} {
		zone, err := time.LoadLocation(tc.zone)
		require.NoError(t, err)
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, zone)
		got, err := wallclock.Parse(tc.wall, now)
		if tc.gapEnd == "" {
			require.NoError(t, err, tc)
			require.Equal(t, tc.want, got.Format(time.RFC3339), tc)
			continue
		}
		var gap *wallclock.GapError
		require.ErrorAs(t, err, &gap, tc)
		require.Equal(t, tc.gapEnd, gap.Next.Format(time.RFC3339), tc)
	}
}

func TestADayNameCanMeanATimeInAGap(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	_, err = wallclock.Parse("Sun 02:30", time.Date(2026, 3, 27, 12, 0, 0, 0, zone))
	var gap *wallclock.GapError
	require.ErrorAs(t, err, &gap)
	_, err = wallclock.Parse("Mon 02:30", time.Date(2026, 3, 27, 12, 0, 0, 0, zone))
	require.NoError(t, err, "the gap of another day is of no interest")
}
