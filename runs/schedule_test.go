package runs_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/runs"
)

var friday = time.Date(2026, 12, 4, 18, 0, 0, 0, time.UTC)

func once() runs.Schedule {
	return runs.Schedule{Number: 3, State: runs.Active, Due: friday, Operation: "scale"}
}

func TestOnceIsDoneAfterItsCall(t *testing.T) {
	s := once()
	require.Equal(t, "s3-1", s.CallID())
	require.Equal(t, "schedule/3/2026-12-04T18:00:00Z", s.SourceID())
	s, err := s.AfterCall(friday)
	require.NoError(t, err)
	require.Equal(t, runs.Done, s.State)
}

func TestWhatIsPutBackIsDueAfterItsTime(t *testing.T) {
	s := once()
	s.For = 6 * time.Hour
	s, err := s.AfterCall(friday.Add(30 * time.Minute))
	require.NoError(t, err)
	require.Equal(t, runs.Active, s.State)
	require.True(t, s.Back)
	require.Equal(t, "s3-1", s.Last)
	require.Equal(t, "s3-2", s.CallID())
	require.Equal(t, friday.Add(6*time.Hour), s.Due, "a call that was late ends when it was to end")
	require.Zero(t, s.Until(), "nothing follows")
	require.False(t, s.IsTooLate(s.Due.Add(30*time.Hour)), "what was promised to be put back is, however late")
	s, err = s.AfterCall(s.Due)
	require.NoError(t, err)
	require.Equal(t, runs.Done, s.State)
}

func TestACallIsMadeLateButNotTooLate(t *testing.T) {
	s := once()
	require.False(t, s.IsTooLate(friday.Add(time.Hour-time.Second)))
	require.True(t, s.IsTooLate(friday.Add(time.Hour)))
	s.For = 30 * time.Minute
	require.True(t, s.IsTooLate(friday.Add(30*time.Minute)), "it would be put back at once")
	s, err := s.AfterSkip(friday.Add(2 * time.Hour))
	require.NoError(t, err)
	require.Equal(t, runs.Done, s.State, "nothing was done, so nothing is put back")
}

func TestRepeatedComesRoundAgain(t *testing.T) {
	s := once()
	s.Cron, s.Zone, s.For = "0 18 * * 5", "UTC", 6*time.Hour
	s, err := s.AfterCall(friday)
	require.NoError(t, err)
	s, err = s.AfterCall(s.Due)
	require.NoError(t, err)
	require.Equal(t, runs.Active, s.State)
	require.False(t, s.Back)
	require.Equal(t, friday.AddDate(0, 0, 7), s.Due)
	require.Equal(t, "s3-3", s.CallID())
	s, err = s.AfterSkip(friday.AddDate(0, 0, 30))
	require.NoError(t, err)
	require.Equal(t, friday.AddDate(0, 0, 35), s.Due, "what was missed is not caught up on one by one")
}

func TestNextCron(t *testing.T) {
	for _, tc := range []struct{ zone, cron, after, want string }{
		{"Asia/Shanghai", "0 18 * * 5", "2026-11-30T12:00:00+08:00", "2026-12-04T18:00:00+08:00"},
		{"Asia/Shanghai", "0 18 * * 5", "2026-12-04T18:00:00+08:00", "2026-12-11T18:00:00+08:00"},
		// The clocks go forward over 02:30, and back over it.
		{"Europe/Berlin", "30 2 * * *", "2026-03-28T12:00:00+01:00", "2026-03-29T03:00:00+02:00"},
		{"Europe/Berlin", "30 2 * * *", "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"},
		{"Europe/Berlin", "30 2 * * *", "2026-10-24T12:00:00+02:00", "2026-10-25T02:30:00+02:00"},
		{"Europe/Berlin", "30 2 * * *", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"},
		{"Europe/Berlin", "*/10 * * * *", "2026-10-25T02:50:00+02:00", "2026-10-25T03:00:00+01:00"},
	} {
		zone, err := time.LoadLocation(tc.zone)
		require.NoError(t, err)
		after, err := time.Parse(time.RFC3339, tc.after)
		require.NoError(t, err)
		got, err := runs.NextCron(tc.cron, after.In(zone))
		require.NoError(t, err, tc)
		require.Equal(t, tc.want, got.Format(time.RFC3339), tc)
	}
	for _, bad := range []string{"", "* * *", "61 * * * *", "@every 5m", "TZ=UTC 0 1 * * *", "0 0 30 2 *"} {
		_, err := runs.NextCron(bad, friday)
		require.Error(t, err, bad)
	}
}

func TestOverlaps(t *testing.T) {
	for _, tc := range []struct {
		cron string
		long time.Duration
		want bool
	}{{"0 18 * * 5", 6 * time.Hour, false}, {"0 * * * *", time.Hour, true}, {"0 18,20 * * 1,5", 3 * time.Hour, true}} {
		got, err := runs.Overlaps(tc.cron, friday, tc.long)
		require.NoError(t, err)
		require.Equal(t, tc.want, got, tc)
	}
}

// A schedule that insists does not end by itself: it is due again and again, ever more rarely.
func TestAScheduleThatInsistsIsDueAgain(t *testing.T) {
	due := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	s := runs.Schedule{Number: 5, Command: "mend", Saved: json.RawMessage(`[1]`), State: runs.Active, Due: due}
	require.False(t, s.IsTooLate(due.Add(7*24*time.Hour)), "it is made however late it is")
	s = s.WithNumber().WithNumber()
	require.Equal(t, "mend 5", s.Command)
	require.Equal(t, map[string]string{runs.NumberArg: "5"}, s.Args)
	now := due
	for _, pause := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
		call := s.CallID()
		var err error
		s, err = s.AfterCall(now)
		require.NoError(t, err)
		require.Equal(t, call, s.Last)
		require.Equal(t, now.Add(pause*time.Minute), s.Due)
		require.Equal(t, runs.Active, s.State)
		now = s.Due
	}
	require.Equal(t, "s5-9", s.CallID())
}
