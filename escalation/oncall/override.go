package oncall

import (
	"context"
	"slices"
	"time"
)

// Override puts somebody on call for a role in place of whoever else would be, for a while. It is stored whole.
type Override struct {
	Number int64 `json:"number"`
	Role   Role  `json:"role"`
	// User is the Slack user id of the stand-in, By that of who made the override.
	User   string    `json:"user"`
	By     string    `json:"by"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	MadeAt time.Time `json:"made_at"`
	// CancelledAt is when CancelledBy took it back; zero while it stands.
	CancelledAt time.Time `json:"cancelled_at,omitzero"`
	CancelledBy string    `json:"cancelled_by,omitempty"`
}

// covers reports whether the override says who is on call at.
func (o Override) covers(role Role, at time.Time) bool {
	return o.Role == role && o.CancelledAt.IsZero() && !at.Before(o.From) && at.Before(o.Until)
}

// Overrides are the overrides that are kept.
type Overrides interface {
	// Overrides returns those that end after the given time and were not cancelled, in the order in which they were made.
	Overrides(ctx context.Context, after time.Time) ([]Override, error)
}

// WithOverrides is the directory with stand-ins; of several that cover a time, the one that was made last counts.
func (d Directory) WithOverrides(overrides []Override) Directory {
	d.overrides = slices.Clone(overrides)
	return d
}

// Overrides of a role, of any role where it is "", that are not over at the given time.
func (d Directory) Overrides(role Role, at time.Time) []Override {
	return slices.DeleteFunc(slices.Clone(d.overrides), func(o Override) bool {
		return (role != "" && o.Role != role) || !o.CancelledAt.IsZero() || !o.Until.After(at)
	})
}
