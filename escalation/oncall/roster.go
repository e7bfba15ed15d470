package oncall

import (
	"context"
	"fmt"
	"time"
)

// Directories gives the current contact table. It is asked for every decision, so that an override counts at once, whichever
// process received it.
type Directories interface {
	Directory(ctx context.Context) (Directory, error)
}

// Calendars are the external calendars that say who is on call, as last read.
type Calendars interface {
	Calendars() map[Role]Calendar
}

// Roster is the contact table with the stored overrides and, if there are any, the calendars.
type Roster struct {
	Table     Directory
	Overrides Overrides
	Calendars Calendars
	Now       func() time.Time
}

// Directory is the current contact table.
func (r *Roster) Directory(ctx context.Context) (Directory, error) {
	overrides, err := r.Overrides.Overrides(ctx, r.Now())
	if err != nil {
		return Directory{}, fmt.Errorf("read overrides of the contact table: %w", err)
	}
	d := r.Table.WithOverrides(overrides)
	if r.Calendars != nil {
		d = d.WithCalendars(r.Calendars.Calendars())
	}
	return d, nil
}
