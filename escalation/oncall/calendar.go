package oncall

import (
	"slices"
	"time"
)

// Calendar is who is on call for a role as the calendar of another program says.
type Calendar struct {
	// Shifts are sorted by their beginning. People whose shifts overlap are on call together.
	Shifts []Shift
	// ReadAt is when the calendar was last read; zero: never. Problem is why it cannot be read now, "" if it can.
	ReadAt  time.Time
	Problem string
	// UnknownEvents are the summaries of events that name nobody of the contact table.
	UnknownEvents []string
	// LeftOut are the events that put nobody on call although they should: mostly because they cannot be read.
	LeftOut []LeftOut
}

// WithCalendars is the directory with calendars. A role's calendar replaces its rotation.
func (d Directory) WithCalendars(calendars map[Role]Calendar) Directory {
	d.calendars = calendars
	return d
}

// Calendar is the calendar of a role, if it has one.
func (d Directory) Calendar(role Role) (Calendar, bool) {
	c, ok := d.calendars[role]
	return c, ok
}

func (c Calendar) at(at time.Time) []string {
	var ids []string
	for _, s := range c.Shifts {
		if !at.Before(s.From) && at.Before(s.Until) {
			ids = append(ids, s.Person)
		}
	}
	return ids
}

func (c Calendar) people() []string {
	var ids []string
	for _, s := range c.Shifts {
		if !slices.Contains(ids, s.Person) {
			ids = append(ids, s.Person)
		}
	}
	return ids
}
