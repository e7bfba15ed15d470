package oncall_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/oncall"
)

func TestWorkingHours(t *testing.T) {
	for name, tt := range map[string]struct {
		zone, at string
		add      time.Duration
		want     string
	}{
		"in them":                       {"Asia/Shanghai", "2026-03-02T10:00:00+08:00", 0, "2026-03-02T10:00:00+08:00"},
		"as they begin":                 {"Asia/Shanghai", "2026-03-02T09:00:00+08:00", 0, "2026-03-02T09:00:00+08:00"},
		"as they end":                   {"Asia/Shanghai", "2026-03-02T18:00:00+08:00", 0, "2026-03-03T09:00:00+08:00"},
		"before they begin":             {"Asia/Shanghai", "2026-03-02T03:00:00+08:00", 5 * time.Minute, "2026-03-02T09:05:00+08:00"},
		"at the weekend":                {"Asia/Shanghai", "2026-03-07T12:00:00+08:00", 5 * time.Minute, "2026-03-09T09:05:00+08:00"},
		"over a night":                  {"Asia/Shanghai", "2026-03-02T17:58:00+08:00", 5 * time.Minute, "2026-03-03T09:03:00+08:00"},
		"just to the end":               {"Asia/Shanghai", "2026-03-02T17:55:00+08:00", 5 * time.Minute, "2026-03-03T09:00:00+08:00"},
		"over a weekend and three days": {"Asia/Shanghai", "2026-03-06T17:00:00+08:00", 20 * time.Hour, "2026-03-11T10:00:00+08:00"},
		"the day of another zone":       {"Asia/Shanghai", "2026-03-01T23:30:00Z", 0, "2026-03-02T01:00:00Z"},
		"the clocks go forward":         {"Europe/Berlin", "2026-03-27T18:30:00+01:00", 0, "2026-03-30T09:00:00+02:00"},
		"the clocks go back":            {"Europe/Berlin", "2026-10-23T18:30:00+02:00", 0, "2026-10-26T09:00:00+01:00"},
	} {
		t.Run(name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, tt.at)
			require.NoError(t, err)
			want, err := time.Parse(time.RFC3339, tt.want)
			require.NoError(t, err)
			require.Equal(t, want.UTC(), fixture.OfficeHours(t, tt.zone).Add(at, tt.add))
		})
	}
}

func TestWorkingHoursOfANightWithoutThem(t *testing.T) {
	h := fixture.OfficeHours(t, "Europe/Berlin") // on 2026-03-29 there is no 02:30
	h.Days, h.From, h.To = []time.Weekday{time.Sunday}, 2*time.Hour, 4*time.Hour
	at := time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)
	require.Equal(t, "2026-03-29T03:30:00+02:00", h.Add(at, 30*time.Minute).In(h.Zone).Format(time.RFC3339), "one hour is left of two")
}

func TestAroundTheClock(t *testing.T) {
	var h *oncall.WorkingHours
	require.Equal(t, fixture.Start, h.Next(fixture.Start))
	require.Equal(t, fixture.Start.Add(time.Hour), h.Add(fixture.Start, time.Hour))
}

// TestWorkingHoursAreCountedAsOnTheWall compares with a walk over the clock on the wall, over changes of it too.
func TestWorkingHoursAreCountedAsOnTheWall(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := fixture.DrawHours(rt)
		at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 365*24*12).Draw(rt, "at")) * fixture.Grid)
		wait := time.Duration(rapid.IntRange(0, 200).Draw(rt, "wait")) * fixture.Grid
		want := at
		for left := wait; ; want = want.Add(fixture.Grid) {
			if !fixture.IsWorking(h, want) {
				continue
			}
			if left == 0 {
				break
			}
			left -= fixture.Grid
		}
		if got := h.Add(at, wait); !got.Equal(want) {
			rt.Fatalf("%s after %s: %s, counted %s", wait, at, got, want)
		}
	})
}

// Where the clocks go forward at midnight, a working day that begins then is still one of its own weekday.
func TestWorkingHoursFromAMidnightThatIsLeftOut(t *testing.T) {
	h := fixture.OfficeHours(t, "America/Havana") // on Sunday 2026-03-08 there is no 00:30
	h.Days, h.From, h.To = []time.Weekday{time.Sunday}, 0, 24*time.Hour
	at := time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC)
	require.Equal(t, "2026-03-08T01:00:00-04:00", h.Add(at, time.Nanosecond).Truncate(time.Second).In(h.Zone).Format(time.RFC3339))
	h.Days = []time.Weekday{time.Saturday}
	require.Equal(t, "2026-03-14", h.Next(at.AddDate(0, 0, 1)).In(h.Zone).Format(time.DateOnly), "and not of the day before")
}
