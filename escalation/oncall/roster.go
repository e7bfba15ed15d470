package oncall

import (
	"context"
	"fmt"
	"time"
)

// Directories gives the contact table as it holds now: for every decision anew, so that an override counts at once,
// whichever process took it in.
type Directories interface {
	Directory(ctx context.Context) (Directory, error)
}

// Calendars are the calendars of other programs that say who is on call, as they were last read.
type Calendars interface {
	Calendars() map[Role]Calendar
}

// Roster is the contact table with the overrides that are kept and, where there are any, the calendars.
type Roster struct {
	Table     Directory
	Overrides Overrides
	Calendars Calendars
	Now       func() time.Time
}

// Directory is the table as it holds now.
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
