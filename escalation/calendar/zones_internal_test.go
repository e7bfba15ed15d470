package calendar

import (
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"
	"github.com/stretchr/testify/require"
)

func TestTimeZonesByName(t *testing.T) {
	z := newZones(nil, time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))
	for id, want := range map[string]string{
		"Europe/Berlin":           "Europe/Berlin",
		"China Standard Time":     "Asia/Shanghai",
		"W. Europe Standard Time": "Europe/Berlin",
		"w. europe standard time": "Europe/Berlin",
		"/freeassociation.sourceforge.net/Tzfile/Europe/Berlin": "Europe/Berlin",
		"/mozilla.org/20050126_1/America/Indiana/Knox":          "America/Indiana/Knox",
		"tzone://Microsoft/Utc":                                 "Etc/UTC",
		"UTC":                                                   "Etc/UTC",
		"GMT":                                                   "GMT",
		"EST":                                                   "EST",
	} {
		zone := z.find(id)
		require.NotNil(t, zone, id)
		require.Equal(t, want, zone.String(), id)
	}
	for _, id := range []string{"", "Local", "local", "Mars/Olympus", "..", "../UTC/..", "Custom", "/", "zone.tab", strings.Repeat("x/", 1000)} {
		require.Nil(t, z.find(id), id)
	}
}

// Every name of the table is known here.
func TestWindowsZones(t *testing.T) {
	n := 0
	for line := range strings.Lines(windowsZones) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		windows, name, ok := strings.Cut(strings.TrimSpace(line), "\t")
		require.True(t, ok, line)
		_, err := time.LoadLocation(name)
		require.NoError(t, err, windows)
		n++
	}
	require.Greater(t, n, 130)
}

// An abbreviation means what the file says, where it says something.
func TestAnAbbreviationWithADefinition(t *testing.T) {
	est := definition(t, strings.NewReplacer("Head Office", "EST", "-1SU;BYMONTH=10", "1SU;BYMONTH=11", "-1SU;BYMONTH=3", "2SU;BYMONTH=3",
		"T030000", "T020000", "+0100", "-0500", "+0200", "-0400").Replace(berlin))
	z := newZones([]*ical.Component{est}, time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))
	require.Equal(t, "2026-07-01T13:00:00Z", time.Date(2026, 7, 1, 9, 0, 0, 0, z.find("EST")).UTC().Format(time.RFC3339))
	require.Equal(t, "2026-01-01T14:00:00Z", time.Date(2026, 1, 1, 9, 0, 0, 0, z.find("EST")).UTC().Format(time.RFC3339))
}

func TestDefinitionsThatAreRefused(t *testing.T) {
	for name, edit := range map[string]*strings.Replacer{
		"no offset":     strings.NewReplacer("TZOFFSETTO:+0100\n", ""),
		"a bad offset":  strings.NewReplacer("+0100", "one hour"),
		"no beginning":  strings.NewReplacer("DTSTART:16010101T020000\n", ""),
		"every second":  strings.NewReplacer("FREQ=YEARLY", "FREQ=SECONDLY"),
		"many a day":    strings.NewReplacer("BYMONTH=3", "BYMONTH=3;BYHOUR=1,2,3;BYSECOND=1,2,3"),
		"a broken rule": strings.NewReplacer("BYMONTH=3", "BYMONTH=March"),
		"no rules":      strings.NewReplacer(berlin, "BEGIN:VTIMEZONE\nTZID:Head Office\nEND:VTIMEZONE"),
	} {
		_, err := defined("Head Office", definition(t, edit.Replace(berlin)), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))
		require.Error(t, err, name)
	}
}
