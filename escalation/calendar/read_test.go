package calendar_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"opsbot/escalation/calendar"
	"opsbot/escalation/oncall"
)

func directory(t testing.TB, rotations ...oncall.Rotation) oncall.Directory {
	t.Helper()
	d, err := oncall.NewDirectory([]oncall.Contact{
		{ID: "zhangsan", Role: oncall.System, Name: "张三", Email: "admin@company.com", Slack: "U0ZHANGSAN"},
		{ID: "lisi", Role: oncall.DBA, Name: "李四", Email: "dba@company.com", Slack: "U0LISI"},
		{ID: "wangwu", Role: oncall.Network, Name: "王五", Email: "network@company.com", Slack: "U0WANGWU"},
	}, rotations...)
	require.NoError(t, err)
	return d
}

func shanghai(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	return zone
}

func reading(t testing.TB) calendar.Reading {
	t.Helper()
	return calendar.Reading{
		Person: directory(t).FindByName, Zone: shanghai(t),
		From: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2026, 4, 30, 0, 0, 0, 0, time.UTC),
	}
}

// ics is a calendar of events, each given by the lines of its properties.
func ics(events ...string) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n")
	for _, e := range events {
		b.WriteString("BEGIN:VEVENT\nDTSTAMP:20260101T000000Z\n" + strings.TrimSpace(e) + "\nEND:VEVENT\n")
	}
	return strings.ReplaceAll(b.String()+"END:VCALENDAR\n", "\n", "\r\n")
}

func moment(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return at.UTC()
}

func TestRead(t *testing.T) {
	for name, tt := range map[string]struct {
		events    []string
		want      [][3]string // person, from, until
		strangers []string
	}{
		"by attendee": {events: []string{"UID:1\nDTSTART:20260302T010000Z\nDTEND:20260309T010000Z\nSUMMARY:On call\nATTENDEE;CN=Li:mailto:DBA@company.com"},
			want: [][3]string{{"lisi", "2026-03-02T01:00:00Z", "2026-03-09T01:00:00Z"}}},
		"by the attendee's name": {events: []string{"UID:1\nDTSTART:20260302T010000Z\nDTEND:20260309T010000Z\nSUMMARY:On call\nATTENDEE;CN=李四:mailto:li@home.example"},
			want: [][3]string{{"lisi", "2026-03-02T01:00:00Z", "2026-03-09T01:00:00Z"}}},
		"by summary": {events: []string{"UID:1\nDTSTART:20260302T010000Z\nDURATION:PT8H\nSUMMARY:DBA: 李四"},
			want: [][3]string{{"lisi", "2026-03-02T01:00:00Z", "2026-03-02T09:00:00Z"}}},
		"two at once": {events: []string{"UID:1\nDTSTART:20260302T010000Z\nDURATION:PT8H\nSUMMARY:李四、wangwu"},
			want: [][3]string{{"lisi", "2026-03-02T01:00:00Z", "2026-03-02T09:00:00Z"}, {"wangwu", "2026-03-02T01:00:00Z", "2026-03-02T09:00:00Z"}}},
		"a stranger":  {events: []string{"UID:1\nDTSTART:20260302T010000Z\nDURATION:PT8H\nSUMMARY:Carl"}, strangers: []string{"Carl"}},
		"a whole day": {events: []string{"UID:1\nDTSTART;VALUE=DATE:20260302\nSUMMARY:lisi"}, want: [][3]string{{"lisi", "2026-03-01T16:00:00Z", "2026-03-02T16:00:00Z"}}},
		"long ago":    {events: []string{"UID:1\nDTSTART:20250302T010000Z\nDURATION:PT8H\nSUMMARY:lisi"}},
		"under way":   {events: []string{"UID:1\nDTSTART:20260228T230000Z\nDURATION:PT8H\nSUMMARY:lisi"}, want: [][3]string{{"lisi", "2026-02-28T23:00:00Z", "2026-03-01T07:00:00Z"}}},
		"cancelled":   {events: []string{"UID:1\nDTSTART:20260302T010000Z\nDURATION:PT8H\nSUMMARY:lisi\nSTATUS:CANCELLED"}},
		"over summer time": {events: []string{"UID:1\nDTSTART;TZID=Europe/Berlin:20260316T090000\nDTEND;TZID=Europe/Berlin:20260323T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=2\nSUMMARY:lisi"},
			want: [][3]string{{"lisi", "2026-03-16T08:00:00Z", "2026-03-23T08:00:00Z"}, {"lisi", "2026-03-30T07:00:00Z", "2026-04-06T07:00:00Z"}}},
		"a week with the change in it": {events: []string{"UID:1\nDTSTART;TZID=Europe/Berlin:20260323T090000\nDTEND;TZID=Europe/Berlin:20260330T090000\nRRULE:FREQ=WEEKLY;COUNT=2\nSUMMARY:lisi"},
			want: [][3]string{{"lisi", "2026-03-23T08:00:00Z", "2026-03-30T07:00:00Z"}, {"lisi", "2026-03-30T07:00:00Z", "2026-04-06T07:00:00Z"}}},
		"with an exception and a swap": {events: []string{
			"UID:1\nDTSTART:20260302T010000Z\nDURATION:PT8H\nRRULE:FREQ=DAILY;COUNT=4\nEXDATE:20260303T010000Z\nSUMMARY:lisi",
			"UID:1\nRECURRENCE-ID:20260304T010000Z\nDTSTART:20260304T020000Z\nDURATION:PT8H\nSUMMARY:wangwu",
		}, want: [][3]string{{"lisi", "2026-03-02T01:00:00Z", "2026-03-02T09:00:00Z"}, {"wangwu", "2026-03-04T02:00:00Z", "2026-03-04T10:00:00Z"}, {"lisi", "2026-03-05T01:00:00Z", "2026-03-05T09:00:00Z"}}},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := reading(t).Read(strings.NewReader(ics(tt.events...)))
			require.NoError(t, err)
			shifts, strangers := c.Shifts, c.UnknownEvents
			var want []oncall.Shift
			for _, w := range tt.want {
				want = append(want, oncall.Shift{Person: w[0], From: moment(t, w[1]), Until: moment(t, w[2])})
			}
			require.Empty(t, cmp.Diff(want, shifts))
			require.Equal(t, len(tt.strangers), len(strangers))
			require.Subset(t, tt.strangers, strangers)
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":                   "",
		"a web page":                "<html>Please log in</html>",
		"a broken rule":             ics("UID:1\nDTSTART:20260302T010000Z\nDURATION:PT8H\nRRULE:FREQ=SOMETIMES\nSUMMARY:lisi"),
		"every second":              ics("UID:1\nDTSTART:20260302T010000Z\nDURATION:PT8H\nRRULE:FREQ=SECONDLY\nSUMMARY:lisi"),
		"every second, in disguise": ics("UID:1\nDTSTART:20260302T010000Z\nDURATION:PT8H\nRRULE:FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=1,2,3;BYSECOND=1,2,3\nSUMMARY:lisi"),
		"too many turns":            ics(strings.Split(strings.TrimSuffix(strings.Repeat("UID:1\nDTSTART:20260302T010000Z\nDURATION:PT8H\nRRULE:FREQ=HOURLY\nSUMMARY:lisi\t", 10), "\t"), "\t")...),
		"an unknown zone":           ics("UID:1\nDTSTART;TZID=Mars/Olympus:20260302T010000\nDURATION:PT8H\nSUMMARY:lisi"),
		"a cut-off calendar":        strings.TrimSuffix(ics("UID:1\nDTSTART:20260302T010000Z\nDURATION:PT8H\nSUMMARY:lisi"), "END:VCALENDAR\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := reading(t).Read(strings.NewReader(text))
			require.Error(t, err)
		})
	}
}

// What is written is read back as the same turns.
func TestWriteAndReadBack(t *testing.T) {
	first := time.Date(2026, 3, 2, 9, 0, 0, 0, shanghai(t))
	d := directory(t, oncall.Rotation{Role: oncall.DBA, People: []string{"lisi", "wangwu"}, First: first, Days: 7})
	var b strings.Builder
	require.NoError(t, calendar.Write(&b, d, oncall.DBA, "On call: DBA", first, first.AddDate(0, 0, 15), first))
	read, err := reading(t).Read(strings.NewReader(b.String()))
	require.NoError(t, err)
	require.Empty(t, read.UnknownEvents)
	require.Empty(t, cmp.Diff([]oncall.Shift{
		{Person: "lisi", From: first.UTC(), Until: first.AddDate(0, 0, 7).UTC()},
		{Person: "wangwu", From: first.AddDate(0, 0, 7).UTC(), Until: first.AddDate(0, 0, 14).UTC()},
		{Person: "lisi", From: first.AddDate(0, 0, 14).UTC(), Until: first.AddDate(0, 0, 21).UTC()},
	}, read.Shifts))
	var later strings.Builder
	require.NoError(t, calendar.Write(&later, d, oncall.DBA, "On call: DBA", first.Add(time.Hour), first.AddDate(0, 0, 15), first))
	uid := "UID:dba-" + "1773018000@opsbot"
	require.Contains(t, b.String(), uid)
	require.Contains(t, later.String(), uid, "a turn that is under way is the same event")
}
