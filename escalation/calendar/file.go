package calendar

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-ical"
)

// file is what is read of a calendar file. Each component is decoded on its own, so that a broken one costs only itself.
type file struct {
	zones, events []*ical.Component
	// broken are the lines of the events that are no iCalendar.
	broken [][]string
}

// readFile reads one or more iCalendars. An error means that the text is none, or ends before its end.
func readFile(text string) (file, error) {
	var f file
	p := parser{file: &f}
	for line := range strings.Lines(unfold(text)) {
		line = strings.TrimRight(line, "\n")
		if line == "" {
			continue
		}
		if err := p.read(line); err != nil {
			return file{}, err
		}
	}
	switch {
	case p.isOpen:
		return file{}, errors.New("no iCalendar: it ends before END:VCALENDAR")
	case !p.hasOne:
		return file{}, errors.New("no iCalendar: it is empty")
	}
	return f, nil
}

// unfold joins folded lines, also where a fold is within a character (RFC 5545, 3.1), ends every line with \n, and removes a
// byte order mark.
func unfold(text string) string {
	text = strings.TrimPrefix(text, "\ufeff")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	return strings.NewReplacer("\n ", "", "\n\t", "").Replace(text)
}

// parser splits a file into its events and time zones.
type parser struct {
	file *file
	// isOpen is set within a VCALENDAR, hasOne once there was one.
	isOpen, hasOne bool
	// name and lines are of the component that is being read; name is "" between components.
	name  string
	lines []string
}

func (p *parser) read(line string) error {
	name := component(line)
	switch {
	case !p.isOpen && name != "BEGIN:VCALENDAR":
		return fmt.Errorf("no iCalendar: it begins with %.40q", line)
	case !p.isOpen:
		p.isOpen, p.hasOne = true, true
	case name == "END:VCALENDAR":
		p.end(false)
		p.isOpen = false
	case name == "BEGIN:VEVENT", name == "BEGIN:VTIMEZONE":
		p.end(false) // the one before has no end
		p.name = strings.TrimPrefix(name, "BEGIN:")
		p.lines = append(p.lines, line)
	case p.name != "":
		p.lines = append(p.lines, line)
		if name == "END:"+p.name {
			p.end(true)
		}
	}
	return nil
}

// component is the line in upper case if it begins or ends a component.
func component(line string) string {
	if len(line) > 40 {
		return ""
	}
	line = strings.ToUpper(strings.TrimSpace(line))
	if strings.HasPrefix(line, "BEGIN:") || strings.HasPrefix(line, "END:") {
		return line
	}
	return ""
}

// end takes in the component that was read.
func (p *parser) end(isWhole bool) {
	name, lines := p.name, p.lines
	p.name, p.lines = "", nil
	if name == "" {
		return
	}
	c, err := decode(wanted(lines))
	switch {
	case name == ical.CompTimezone && isWhole && err == nil:
		p.file.zones = append(p.file.zones, c)
	case name == ical.CompTimezone:
	case isWhole && err == nil:
		p.file.events = append(p.file.events, c)
	default:
		p.file.broken = append(p.file.broken, lines)
	}
}

// wanted leaves out what is not read, such as descriptions and alarms: a mistake in it does not matter.
func wanted(lines []string) []string {
	var kept []string
	within := ""
	for _, line := range lines {
		name := component(line)
		switch {
		case within != "":
			if name == "END:"+within {
				within = ""
			}
		case name == "BEGIN:VALARM":
			within = "VALARM"
		case name != "" || isRead(line):
			kept = append(kept, line)
		}
	}
	return kept
}

func isRead(line string) bool {
	name := line
	if end := strings.IndexAny(line, ";:"); end >= 0 {
		name = line[:end]
	}
	return slices.Contains([]string{
		ical.PropUID, ical.PropSummary, ical.PropStatus, ical.PropAttendee, ical.PropDateTimeStart, ical.PropDateTimeEnd, ical.PropDuration,
		ical.PropRecurrenceRule, ical.PropRecurrenceDates, ical.PropExceptionDates, ical.PropRecurrenceID,
		ical.PropTimezoneID, ical.PropTimezoneOffsetFrom, ical.PropTimezoneOffsetTo, "X-LIC-LOCATION",
	}, strings.ToUpper(name))
}

// decode decodes the lines of one component.
func decode(lines []string) (c *ical.Component, err error) {
	defer func() {
		// The decoder panics on some input that is no calendar, and what a server sends must not end opsbot.
		if cause := recover(); cause != nil {
			c, err = nil, fmt.Errorf("no iCalendar: %v", cause)
		}
	}()
	text := "BEGIN:VCALENDAR\n" + strings.Join(lines, "\n") + "\nEND:VCALENDAR\n"
	calendar, err := ical.NewDecoder(strings.NewReader(text)).Decode()
	if err != nil {
		return nil, err
	}
	if len(calendar.Children) != 1 {
		return nil, errors.New("no iCalendar: more than one component")
	}
	return calendar.Children[0], nil
}
