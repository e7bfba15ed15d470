package calendar_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/calendar"
	"opsbot/escalation/oncall"
)

const goodEvent = "UID:good\nDTSTART:20260302T010000Z\nDURATION:PT8H\nSUMMARY:lisi"

func goodShift() [][3]string {
	return [][3]string{{"lisi", "2026-03-02T01:00:00Z", "2026-03-02T09:00:00Z"}}
}

// A bad event costs itself, and is named; the others count.
func TestABadEventIsLeftOut(t *testing.T) {
	const head = "UID:1\nSUMMARY:wangwu\n"
	for name, tt := range map[string]struct{ event, cause string }{
		"an unknown zone":           {"DTSTART;TZID=Mars/Olympus:20260302T010000\nDURATION:PT8H", "zone"},
		"no beginning":              {"DTEND:20260302T010000Z", "missing"},
		"a beginning in words":      {"DTSTART:tomorrow\nDURATION:PT8H", "unreadable"},
		"a bad end":                 {"DTSTART:20260302T010000Z\nDTEND:20261302T010000Z", "unreadable"},
		"a bad duration":            {"DTSTART:20260302T010000Z\nDURATION:8 hours", "unreadable"},
		"a broken rule":             {"DTSTART:20260302T010000Z\nDURATION:PT8H\nRRULE:FREQ=SOMETIMES", "unreadable"},
		"every second":              {"DTSTART:20260302T010000Z\nDURATION:PT8H\nRRULE:FREQ=SECONDLY", "pace"},
		"every second, in disguise": {"DTSTART:20260302T010000Z\nDURATION:PT8H\nRRULE:FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=1,2,3;BYSECOND=1,2,3", "pace"},
		"since Newton":              {"DTSTART:17001012T010000Z\nDURATION:PT8H\nRRULE:FREQ=HOURLY;COUNT=9999999", "pace"},
		"before our calendar":       {"DTSTART:00000110T010000Z\nDURATION:PT8H\nRRULE:FREQ=WEEKLY", "unreadable"},
		"no length":                 {"DTSTART:20260302T010000Z", "length"},
		"the end first":             {"DTSTART:20260302T010000Z\nDTEND:20260301T010000Z", "length"},
		"a bad exception":           {"DTSTART:20260302T010000Z\nDURATION:PT8H\nRRULE:FREQ=DAILY\nEXDATE:Monday", "unreadable"},
		"a bad extra time":          {"DTSTART:20260302T010000Z\nDURATION:PT8H\nRDATE;VALUE=PERIOD:20260303T010000Z/later", "unreadable"},
		"no iCalendar":              {"DTSTART;TZID=\"Europe/Berlin:20260302T010000\nDURATION:PT8H", "broken"},
		"all later ones":            {"RECURRENCE-ID;RANGE=THISANDFUTURE:20260302T010000Z\nDTSTART:20260302T010000Z\nDURATION:PT8H", "later"},
		"a bad moved one":           {"RECURRENCE-ID:Monday\nDTSTART:20260302T010000Z\nDURATION:PT8H", "unreadable"},
		"declined by all":           {"DTSTART:20260302T010000Z\nDURATION:PT8H\nATTENDEE;PARTSTAT=DECLINED:mailto:network@company.com", "absent"},
		"for information":           {"DTSTART:20260302T010000Z\nDURATION:PT8H\nATTENDEE;ROLE=NON-PARTICIPANT:mailto:network@company.com", "absent"},
		"passed on":                 {"DTSTART:20260302T010000Z\nDURATION:PT8H\nATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:x@y.example\":mailto:network@company.com", "absent"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := reading(t).Read(strings.NewReader(ics(goodEvent, head+tt.event)))
			require.NoError(t, err)
			requireShifts(t, goodShift(), c.Shifts)
			require.Empty(t, c.UnknownEvents)
			require.Len(t, c.LeftOut, 1)
			require.Equal(t, "wangwu", c.LeftOut[0].Event)
			require.Equal(t, "escalation.calendar."+tt.cause, c.LeftOut[0].Cause.ID)
		})
	}
}

func TestWhatIsBadWithoutMattering(t *testing.T) {
	for name, text := range map[string]string{
		"a description that is not folded": ics(goodEvent + "\nDESCRIPTION:a\nb without a colon"),
		"a broken alarm":                   ics(goodEvent + "\nBEGIN:VALARM\nTRIGGER\nSUMMARY:x\nDURATION:y\nEND:VALARM"),
		"a bad event of last year":         ics(goodEvent, "UID:1\nDTSTART;TZID=Mars/Olympus:20250302T010000\nDTEND;TZID=Mars/Olympus:20250303T010000\nSUMMARY:wangwu"),
		"a task": strings.Replace(ics(goodEvent), "BEGIN:VEVENT",
			"BEGIN:VTODO\r\nSUMMARY:wangwu\r\nDUE:never\r\nEND:VTODO\r\nBEGIN:VEVENT", 1),
		"a broken time zone that nobody uses": strings.Replace(ics(goodEvent), "BEGIN:VEVENT",
			"BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nTZOFFSETTO\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT", 1),
		"lines that end in LF": strings.ReplaceAll(ics(goodEvent), "\r\n", "\n"),
		"lines that end in CR": strings.ReplaceAll(ics(goodEvent), "\r\n", "\r"),
		"a byte order mark":    "\ufeff" + ics(goodEvent),
		"lower case":           strings.ReplaceAll(strings.ToLower(ics(goodEvent)), "\r\nduration:pt8h", "\r\nduration:PT8H"),
		"empty lines":          strings.ReplaceAll(ics(goodEvent), "\r\n", "\r\n\r\n"),
		"two calendars":        ics("UID:0\nDTSTART:20250302T010000Z\nDURATION:PT8H\nSUMMARY:lisi") + ics(goodEvent),
		"a cancelled event":    ics(goodEvent, "UID:1\nSTATUS:CANCELLED\nSUMMARY:wangwu"),
	} {
		t.Run(name, func(t *testing.T) {
			text = strings.NewReplacer("20260302t010000z", "20260302T010000Z", "20260101t000000z", "20260101T000000Z").Replace(text)
			c, err := reading(t).Read(strings.NewReader(text))
			require.NoError(t, err)
			requireShifts(t, goodShift(), c.Shifts)
			require.Empty(t, c.LeftOut)
			require.Empty(t, c.UnknownEvents)
		})
	}
}

// An event that never ends does not take the next one with it.
func TestAnEventWithoutAnEnd(t *testing.T) {
	text := strings.Replace(ics(goodEvent, "UID:2\nDTSTART:20260303T010000Z\nDURATION:PT8H\nSUMMARY:wangwu"), "END:VEVENT\r\n", "", 1)
	c, err := reading(t).Read(strings.NewReader(text))
	require.NoError(t, err)
	requireShifts(t, [][3]string{{"wangwu", "2026-03-03T01:00:00Z", "2026-03-03T09:00:00Z"}}, c.Shifts)
	require.Len(t, c.LeftOut, 1)
	require.Equal(t, "lisi", c.LeftOut[0].Event)
}

// That an occurrence was changed is known, even if not to what: whoever was on call is not any more.
func TestAMovedOccurrenceThatIsBroken(t *testing.T) {
	for name, tt := range map[string]struct {
		moved string
		want  [][3]string
	}{
		"one": {"RECURRENCE-ID:20260303T010000Z\nDTSTART:never\nSUMMARY:wangwu", [][3]string{
			{"lisi", "2026-03-02T01:00:00Z", "2026-03-02T09:00:00Z"}, {"lisi", "2026-03-04T01:00:00Z", "2026-03-04T09:00:00Z"},
		}},
		"that and all later, by a rule of their own": {
			"RECURRENCE-ID;RANGE=THISANDFUTURE:20260303T010000Z\nDTSTART:20260303T020000Z\nDURATION:PT8H\nRRULE:FREQ=WEEKLY\nSUMMARY:wangwu", goodShift(),
		},
		"that and all later, since last year": {
			"RECURRENCE-ID;RANGE=THISANDFUTURE:20250303T010000Z\nDTSTART:20250303T020000Z\nDTEND:20250303T010000Z\nSUMMARY:wangwu", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := reading(t).Read(strings.NewReader(ics(goodEvent+"\nRRULE:FREQ=DAILY;COUNT=3", "UID:good\n"+tt.moved)))
			require.NoError(t, err)
			requireShifts(t, tt.want, c.Shifts)
			require.Len(t, c.LeftOut, 1)
		})
	}
}

func TestListsOfExceptions(t *testing.T) {
	for name, except := range map[string]string{
		"one line":      "EXDATE:20260303T010000Z,20260304T010000Z",
		"two lines":     "EXDATE:20260303T010000Z\nEXDATE:20260304T010000Z",
		"another zone":  "EXDATE;TZID=China Standard Time:20260303T090000,20260304T090000",
		"days":          "EXDATE;VALUE=DATE:20260303,20260304",
		"the last ends": "RRULE:FREQ=DAILY;UNTIL=20260302;INTERVAL=1",
	} {
		t.Run(name, func(t *testing.T) {
			event := goodEvent + "\nRRULE:FREQ=DAILY;COUNT=3\n" + except
			if strings.HasPrefix(except, "RRULE") {
				event = goodEvent + "\n" + except
			}
			c, err := reading(t).Read(strings.NewReader(ics(event)))
			require.NoError(t, err)
			requireShifts(t, goodShift(), c.Shifts)
		})
	}
}

// What cannot be read at all leaves the last copy as it is, and what is left out is named all the same.
func TestACalendarOfWhichNothingCanBeRead(t *testing.T) {
	c, err := reading(t).Read(strings.NewReader(ics("UID:1\nDTSTART;TZID=Mars/Olympus:20260302T010000\nDURATION:PT8H\nSUMMARY:lisi")))
	require.ErrorContains(t, err, "none of its events")
	require.Len(t, c.LeftOut, 1)
}

// People are told of what is left out, and not of more than they can read.
func TestWhatIsLeftOutIsReported(t *testing.T) {
	events := []string{goodEvent, "UID:1\nDTSTART;TZID=Mars/Olympus:20260302T010000\nDURATION:PT8H"}
	for i := range 30 {
		events = append(events, fmt.Sprintf("UID:s%d\nDTSTART:20260302T010000Z\nDURATION:PT8H\nSUMMARY:stranger %d", i, i))
	}
	c, err := reading(t).Read(strings.NewReader(ics(events...)))
	require.NoError(t, err)
	d := directory(t).WithCalendars(map[oncall.Role]oncall.Calendar{oncall.DBA: c})
	told := map[string]int{}
	for _, f := range d.Lint(now, now.AddDate(0, 0, 1)) {
		told[f.Text.ID]++
	}
	require.Equal(t, 1, told["escalation.lint.calendar_left"])
	require.Equal(t, 19, told["escalation.lint.calendar_stranger"])
	require.Equal(t, 1, told["escalation.lint.calendar_more"])
}

// FuzzExports: whatever a byte of a real file is changed to, reading it ends.
func FuzzExports(f *testing.F) {
	for _, name := range []string{"google", "exchange", "icloud", "nextcloud"} {
		text, err := os.ReadFile(filepath.Join("testdata", "exports", name+".ics"))
		require.NoError(f, err)
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) { requireSane(t, reading(t), text) })
}

func requireSane(t *testing.T, r calendar.Reading, text string) {
	t.Helper()
	c, err := r.Read(strings.NewReader(text))
	if err != nil {
		return
	}
	for _, s := range c.Shifts {
		if !s.Until.After(s.From) || !s.Until.After(r.From) || !s.From.Before(r.Until) {
			t.Fatalf("turn %+v", s)
		}
	}
	for _, e := range c.LeftOut {
		if e.Cause.IsZero() {
			t.Fatalf("%q is left out for no cause", e.Event)
		}
	}
}
