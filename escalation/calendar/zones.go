package calendar

import (
	"path"
	"strings"
	"time"

	"github.com/emersion/go-ical"
)

// zones finds the time zones that a file names.
type zones struct {
	// own are the file's own definitions (VTIMEZONE), by their TZID.
	own   map[string]*ical.Component
	until time.Time
	found map[string]*time.Location
}

func newZones(definitions []*ical.Component, until time.Time) *zones {
	z := &zones{own: map[string]*ical.Component{}, until: until, found: map[string]*time.Location{}}
	for _, c := range definitions {
		if id := valueOf(c, ical.PropTimezoneID); id != "" {
			z.own[id] = c
		}
	}
	return z
}

// find is the time zone of a TZID; nil if nothing says what it means.
func (z *zones) find(id string) *time.Location {
	zone, known := z.found[id]
	if !known {
		zone = z.look(id)
		z.found[id] = zone
	}
	return zone
}

// look goes by the name first, because the rules of the IANA database are newer than what a program wrote into the file. An
// abbreviation comes last: EST is without daylight saving time in the database, and with it in many a file.
func (z *zones) look(id string) *time.Location {
	definition := z.own[id]
	for _, name := range []string{id, valueOf(definition, "X-LIC-LOCATION")} {
		if zone := named(name); zone != nil {
			return zone
		}
	}
	if definition != nil {
		if zone, err := defined(id, definition, z.until); err == nil {
			return zone
		}
	}
	return iana(path.Base(id))
}

// named is the time zone of an IANA name with a slash, of Windows' name, or of either behind a prefix such as
// /freeassociation.sourceforge.net/Europe/Berlin.
func named(id string) *time.Location {
	id = strings.Trim(strings.TrimSpace(id), "/")
	for rest := id; strings.Contains(rest, "/"); _, rest, _ = strings.Cut(rest, "/") {
		if zone := iana(rest); zone != nil {
			return zone
		}
	}
	if name, ok := ianaName(path.Base(id)); ok {
		return iana(name)
	}
	return nil
}

func iana(name string) *time.Location {
	switch {
	case strings.EqualFold(name, "UTC"), strings.EqualFold(name, "Z"):
		return time.UTC
	case name == "", strings.EqualFold(name, "Local"): // Go's names for UTC and for the zone of this machine
		return nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return zone
}
