package oncall

import (
	"context"
	"slices"
	"time"
)

// Override puts somebody on call for a role for a while, in place of everybody else. It is stored whole.
type Override struct {
	Number int64 `json:"number"`
	Role   Role  `json:"role"`
	// User is the Slack user id of the person on call, By that of the person who made the override.
	User   string    `json:"user"`
	By     string    `json:"by"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	MadeAt time.Time `json:"made_at"`
	// CancelledAt is when CancelledBy cancelled it; zero while it is valid.
	CancelledAt time.Time `json:"cancelled_at,omitzero"`
	CancelledBy string    `json:"cancelled_by,omitempty"`
}

// covers reports whether the override is valid for a role at a time.
func (o Override) covers(role Role, at time.Time) bool {
	return o.Role == role && o.CancelledAt.IsZero() && !at.Before(o.From) && at.Before(o.Until)
}

// Overrides reads the stored overrides.
type Overrides interface {
	// Overrides returns those that end after the given time and were not cancelled, in the order in which they were made.
	Overrides(ctx context.Context, after time.Time) ([]Override, error)
}

// WithOverrides is the directory with overrides. If several cover a time, the newest one counts.
func (d Directory) WithOverrides(overrides []Override) Directory {
	d.overrides = slices.Clone(overrides)
	return d
}

// Overrides of a role ("": of any role) that have not ended at the given time.
func (d Directory) Overrides(role Role, at time.Time) []Override {
	return slices.DeleteFunc(slices.Clone(d.overrides), func(o Override) bool {
		return (role != "" && o.Role != role) || !o.CancelledAt.IsZero() || !o.Until.After(at)
	})
}
