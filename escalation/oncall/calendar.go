package oncall

import (
	"slices"
	"time"
)

// Calendar is who is on call for a role as the calendar of another program says.
type Calendar struct {
	// Shifts are the turns, sorted by their beginning; people whose turns overlap are on call together.
	Shifts []Shift
	// ReadAt is when they were read, zero where that never worked. Problem is why it does not work now, "" while it does.
	ReadAt  time.Time
	Problem string
	// UnknownEvents are the summaries of events that name nobody of the contact table.
	UnknownEvents []string
}

// WithCalendars is the directory with calendars; that of a role counts in place of a rotation.
func (d Directory) WithCalendars(calendars map[Role]Calendar) Directory {
	d.calendars = calendars
	return d
}

// Calendar is that of a role, if it has one.
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
