package calendar_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever changes "this and all following" occurrences gives them another person, another time or another length.
func TestAChangeOfAllLaterOccurrences(t *testing.T) {
	const daily = goodEvent + "\nRRULE:FREQ=DAILY;COUNT=5"
	lisi := func(day string) [3]string { return [3]string{"lisi", day + "T01:00:00Z", day + "T09:00:00Z"} }
	wangwu := func(day string) [3]string { return [3]string{"wangwu", day + "T02:00:00Z", day + "T06:00:00Z"} }
	const toWangwu = "UID:good\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260304T010000Z\nDTSTART:20260304T020000Z\nDURATION:PT4H\nSUMMARY:wangwu"
	for name, tt := range map[string]struct {
		events []string
		want   [][3]string
	}{
		"another person, later and shorter": {[]string{daily, toWangwu}, [][3]string{
			lisi("2026-03-02"), lisi("2026-03-03"), wangwu("2026-03-04"), wangwu("2026-03-05"), wangwu("2026-03-06"),
		}},
		"the change stands first": {[]string{toWangwu, daily}, [][3]string{
			lisi("2026-03-02"), lisi("2026-03-03"), wangwu("2026-03-04"), wangwu("2026-03-05"), wangwu("2026-03-06"),
		}},
		"one of them is excepted, another changed alone": {[]string{
			daily + "\nEXDATE:20260305T010000Z", toWangwu,
			"UID:good\nRECURRENCE-ID:20260306T010000Z\nDTSTART:20260306T010000Z\nDURATION:PT8H\nSUMMARY:lisi",
		}, [][3]string{lisi("2026-03-02"), lisi("2026-03-03"), wangwu("2026-03-04"), lisi("2026-03-06")}},
		"and changed again": {[]string{
			daily, toWangwu, "UID:good\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260306T010000Z\nDTSTART:20260306T010000Z\nDURATION:PT8H\nSUMMARY:lisi",
		}, [][3]string{lisi("2026-03-02"), lisi("2026-03-03"), wangwu("2026-03-04"), wangwu("2026-03-05"), lisi("2026-03-06")}},
		"and cancelled": {[]string{
			daily, "UID:good\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260304T010000Z\nSTATUS:CANCELLED\nSUMMARY:lisi",
		}, [][3]string{lisi("2026-03-02"), lisi("2026-03-03")}},
		"since before the time that is read": {[]string{
			strings.ReplaceAll(daily, "20260302", "20260226"), strings.ReplaceAll(toWangwu, "20260304", "20260227"),
		}, [][3]string{wangwu("2026-03-01"), wangwu("2026-03-02")}},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := reading(t).Read(strings.NewReader(ics(tt.events...)))
			require.NoError(t, err)
			require.Empty(t, c.LeftOut)
			requireShifts(t, tt.want, c.Shifts)
		})
	}
}

// Whole days, over a change to daylight saving time: the clock of the first occurrence counts.
func TestAChangeOfAllLaterDays(t *testing.T) {
	c, err := reading(t).Read(strings.NewReader(ics(
		"UID:1\nDTSTART;TZID=Europe/Berlin:20260327T090000\nDURATION:PT8H\nRRULE:FREQ=DAILY;COUNT=4\nSUMMARY:lisi",
		"UID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260328T090000\nDTSTART;TZID=Europe/Berlin:20260328T100000\nDURATION:PT8H\nSUMMARY:wangwu",
	)))
	require.NoError(t, err)
	requireShifts(t, [][3]string{
		{"lisi", "2026-03-27T08:00:00Z", "2026-03-27T16:00:00Z"}, {"wangwu", "2026-03-28T09:00:00Z", "2026-03-28T17:00:00Z"},
		{"wangwu", "2026-03-29T08:00:00Z", "2026-03-29T16:00:00Z"}, {"wangwu", "2026-03-30T08:00:00Z", "2026-03-30T16:00:00Z"},
	}, c.Shifts)
}
