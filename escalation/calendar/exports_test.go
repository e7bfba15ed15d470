package calendar_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"opsbot/escalation/oncall"
)

// requireShifts compares shifts with lines of person, from and until.
func requireShifts(t *testing.T, want [][3]string, got []oncall.Shift) {
	t.Helper()
	var shifts []oncall.Shift
	for _, w := range want {
		shifts = append(shifts, oncall.Shift{Person: w[0], From: moment(t, w[1]), Until: moment(t, w[2])})
	}
	require.Empty(t, cmp.Diff(shifts, got))
}

// The files have the form in which the programs export calendars.
func TestExportsOfCalendarPrograms(t *testing.T) {
	for name, tt := range map[string]struct {
		want [][3]string
		left map[string]string
	}{
		// Who declined is not on call; an occurrence is excepted, another moved; days that are free are turns all the same.
		"google": {want: [][3]string{
			{"lisi", "2026-03-02T08:00:00Z", "2026-03-09T08:00:00Z"},
			{"wangwu", "2026-03-09T16:00:00Z", "2026-03-11T16:00:00Z"},
			{"wangwu", "2026-03-31T07:00:00Z", "2026-04-06T07:00:00Z"},
		}},
		// A byte order mark, Windows' names, a time zone that only the file defines, a cancelled occurrence, and an event that is lost.
		"exchange": {want: [][3]string{
			{"lisi", "2026-03-02T01:00:00Z", "2026-03-09T01:00:00Z"},
			{"lisi", "2026-03-16T01:00:00Z", "2026-03-23T01:00:00Z"},
			{"zhangsan", "2026-03-23T08:00:00Z", "2026-03-30T07:00:00Z"},
			{"wangwu", "2026-03-23T08:00:00Z", "2026-03-30T07:00:00Z"},
		}, left: map[string]string{"Li Si (from an old server)": "escalation.calendar.zone"}},
		// Attendees without an address of their own, over the change to daylight saving time.
		"icloud": {want: [][3]string{
			{"lisi", "2026-03-06T14:00:00Z", "2026-03-07T02:00:00Z"},
			{"lisi", "2026-03-08T13:00:00Z", "2026-03-09T01:00:00Z"},
			{"lisi", "2026-03-09T13:00:00Z", "2026-03-10T01:00:00Z"},
		}},
		// Listed occurrences, a time zone behind a prefix, folds within characters, an excepted day.
		"nextcloud": {want: [][3]string{
			{"lisi", "2026-03-02T07:00:00Z", "2026-03-02T19:00:00Z"},
			{"lisi", "2026-03-04T07:00:00Z", "2026-03-04T10:00:00Z"},
			{"lisi", "2026-03-05T07:00:00Z", "2026-03-05T09:00:00Z"},
			{"wangwu", "2026-03-05T16:00:00Z", "2026-03-06T16:00:00Z"},
			{"wangwu", "2026-03-07T16:00:00Z", "2026-03-08T16:00:00Z"},
			{"lisi", "2026-03-30T06:00:00Z", "2026-03-30T18:00:00Z"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := os.Open(filepath.Join("testdata", "exports", name+".ics"))
			require.NoError(t, err)
			defer f.Close()
			c, err := reading(t).Read(f)
			require.NoError(t, err)
			requireShifts(t, tt.want, c.Shifts)
			require.Empty(t, c.UnknownEvents)
			left := map[string]string{}
			for _, e := range c.LeftOut {
				left[e.Event] = e.Cause.ID
			}
			require.Len(t, c.LeftOut, len(tt.left))
			require.Subset(t, tt.left, left)
		})
	}
}
