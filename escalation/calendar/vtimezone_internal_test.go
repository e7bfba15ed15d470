package calendar

import (
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"
	"github.com/stretchr/testify/require"
)

func definition(t *testing.T, text string) *ical.Component {
	t.Helper()
	c, err := decode(wanted(strings.Split(strings.TrimSpace(text), "\n")))
	require.NoError(t, err)
	return c
}

const berlin = `BEGIN:VTIMEZONE
TZID:Head Office
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE`

// A zone that a file defines has the clocks of the zone that it describes, at every hour of some years. The law was another one
// before 1996.
func TestAZoneByItsOwnRules(t *testing.T) {
	want, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	until := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	zone, err := defined("Head Office", definition(t, berlin), until)
	require.NoError(t, err)
	for at := time.Date(1996, 1, 1, 0, 0, 0, 0, time.UTC); at.Before(until); at = at.Add(time.Hour) {
		_, offset := at.In(want).Zone()
		if _, own := at.In(zone).Zone(); own != offset || at.In(zone).IsDST() != at.In(want).IsDST() {
			t.Fatalf("%s: %d seconds, want %d", at, own, offset)
		}
	}
	local := time.Date(2026, 3, 23, 9, 0, 0, 0, zone)
	require.Equal(t, "2026-03-23T08:00:00Z", local.UTC().Format(time.RFC3339))
}
