package calendar

import (
	_ "embed"
	"strings"
)

// windowsZones are lines of a Windows name and an IANA name of a time zone, from CLDR, under the Unicode License v3.
//
//go:embed windowszones.tsv
var windowsZones string

// ianaName is the IANA name of a time zone that Windows, and with it Outlook and Exchange, calls by the given name.
func ianaName(windows string) (string, bool) {
	for line := range strings.Lines(windowsZones) {
		name, iana, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if ok && strings.EqualFold(name, windows) {
			return iana, true
		}
	}
	return "", false
}
