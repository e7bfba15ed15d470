package oncall_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/oncall"
)

// A hand-off stays at its local time when the clocks change, so that a shift is an hour shorter or longer.
func TestHandoffsKeepTheirLocalTime(t *testing.T) {
	for name, tt := range map[string]struct {
		zone   string
		first  [3]int // year, month, day
		days   int
		within string // the shift that this moment falls into
		hours  float64
		from   string
		until  string
	}{
		"Berlin, into summer":        {"Europe/Berlin", [3]int{2026, 1, 5}, 7, "2026-03-25T12:00:00Z", 167, "2026-03-23T09:00:00+01:00", "2026-03-30T09:00:00+02:00"},
		"Berlin, into winter":        {"Europe/Berlin", [3]int{2026, 1, 5}, 7, "2026-10-21T12:00:00Z", 169, "2026-10-19T09:00:00+02:00", "2026-10-26T09:00:00+01:00"},
		"New York, into summer":      {"America/New_York", [3]int{2026, 1, 5}, 7, "2026-03-05T12:00:00Z", 167, "2026-03-02T09:00:00-05:00", "2026-03-09T09:00:00-04:00"},
		"New York, into winter":      {"America/New_York", [3]int{2026, 1, 5}, 7, "2026-10-28T12:00:00Z", 169, "2026-10-26T09:00:00-04:00", "2026-11-02T09:00:00-05:00"},
		"Shanghai has no summer":     {"Asia/Shanghai", [3]int{2026, 1, 5}, 7, "2026-03-25T12:00:00Z", 168, "2026-03-23T09:00:00+08:00", "2026-03-30T09:00:00+08:00"},
		"Berlin, the shortest day":   {"Europe/Berlin", [3]int{2026, 1, 5}, 1, "2026-03-29T01:30:00Z", 23, "2026-03-28T09:00:00+01:00", "2026-03-29T09:00:00+02:00"},
		"Berlin, the longest day":    {"Europe/Berlin", [3]int{2026, 1, 5}, 1, "2026-10-25T01:30:00Z", 25, "2026-10-24T09:00:00+02:00", "2026-10-25T09:00:00+01:00"},
		"many years later":           {"Europe/Berlin", [3]int{2026, 1, 5}, 7, "2126-03-25T12:00:00Z", 167, "2126-03-25T09:00:00+01:00", "2126-04-01T09:00:00+02:00"},
		"three days over the change": {"America/New_York", [3]int{2026, 3, 6}, 3, "2026-03-08T12:00:00Z", 71, "2026-03-06T09:00:00-05:00", "2026-03-09T09:00:00-04:00"},
	} {
		t.Run(name, func(t *testing.T) {
			r := oncall.Rotation{
				Role: oncall.DBA, People: []string{"a", "b", "c"}, Days: tt.days,
				First: time.Date(tt.first[0], time.Month(tt.first[1]), tt.first[2], 9, 0, 0, 0, fixture.Zone(t, tt.zone)),
			}
			at, err := time.Parse(time.RFC3339, tt.within)
			require.NoError(t, err)
			s, ok := r.At(at)
			require.True(t, ok)
			require.Equal(t, tt.from, s.From.Format(time.RFC3339))
			require.Equal(t, tt.until, s.Until.Format(time.RFC3339))
			require.InDelta(t, tt.hours, s.Until.Sub(s.From).Hours(), 0)
		})
	}
}

func TestTurnsFollowEachOther(t *testing.T) {
	r := oncall.Rotation{People: []string{"a", "b", "c"}, Days: 7, First: time.Date(2026, 1, 5, 9, 0, 0, 0, fixture.Zone(t, "Asia/Shanghai"))}
	_, ok := r.At(r.First.Add(-time.Nanosecond))
	require.False(t, ok, "nobody has a turn before the first hand-off")
	at := r.First
	for _, want := range []string{"a", "b", "c", "a"} {
		s, ok := r.At(at)
		require.True(t, ok)
		require.Equal(t, want, s.Person)
		last, _ := r.At(s.Until.Add(-time.Nanosecond))
		require.Equal(t, want, last.Person, "until the hand-off and not longer")
		at = s.Until
	}
}

// TestShiftsTileTime: whatever the zone, the length and the hour, each moment is in exactly one shift, and the next one begins
// where it ends.
func TestShiftsTileTime(t *testing.T) {
	zones := []*time.Location{fixture.Zone(t, "Europe/Berlin"), fixture.Zone(t, "America/New_York"), fixture.Zone(t, "Asia/Shanghai"), fixture.Zone(t, "Australia/Lord_Howe"), time.UTC}
	rapid.Check(t, func(rt *rapid.T) {
		r := oncall.Rotation{
			People: []string{"a", "b", "c"}[:rapid.IntRange(1, 3).Draw(rt, "people")], Days: rapid.IntRange(1, 15).Draw(rt, "days"),
			First: time.Date(2026, 1, rapid.IntRange(1, 31).Draw(rt, "day"), rapid.IntRange(0, 23).Draw(rt, "hour"), rapid.IntRange(0, 59).Draw(rt, "minute"), 0, 0,
				rapid.SampledFrom(zones).Draw(rt, "zone")),
		}
		at := r.First.Add(time.Duration(rapid.Int64Range(0, int64(40*365*24*time.Hour)).Draw(rt, "after")))
		s, ok := r.At(at)
		if !ok || at.Before(s.From) || !at.Before(s.Until) {
			rt.Fatalf("%s is not in its shift %+v", at, s)
		}
		next, _ := r.At(s.Until)
		if !next.From.Equal(s.Until) {
			rt.Fatalf("the shift after %+v is %+v", s, next)
		}
		if len(r.People) > 1 && next.Person == s.Person {
			rt.Fatalf("%s follows themselves", s.Person)
		}
	})
}

func TestRotationProblemsAreToldAtOnce(t *testing.T) {
	_, err := oncall.NewDirectory(fixture.Contacts(),
		oncall.Rotation{Role: "chef", People: []string{"nobody"}},
		oncall.Rotation{Role: oncall.DBA, Days: 7, First: fixture.Start, People: []string{"lisi"}},
		oncall.Rotation{Role: "数据库管理员", Days: 7, First: fixture.Start},
	)
	for _, want := range []string{
		`rotations[0].role: "chef"`, `rotations[0].people[0]: "nobody"`, "rotations[0].start", "rotations[0].shift", "rotations[2].people: nobody",
		`rotations[2].role: "dba" has a rotation already`,
	} {
		require.ErrorContains(t, err, want)
	}
}
