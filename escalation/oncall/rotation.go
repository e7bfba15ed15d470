package oncall

import (
	"time"
)

// Rotation is the people who are on call for a role one after the other. Hand-offs are at the same local time whatever
// the clocks do in between: a week from "Monday 09:00" is Monday 09:00, be it 167, 168 or 169 hours later.
type Rotation struct {
	Role Role
	// People are contact ids in the order of their turns; they may have another role in the contact table.
	People []string
	// First is the hand-off to the first of People, in the time zone of all hand-offs. Before it nobody has a turn.
	First time.Time
	// Days is how many calendar days a turn lasts.
	Days int
}

// Shift is one turn: a contact id, from From until right before Until.
type Shift struct {
	Person      string
	From, Until time.Time
}

// At is the shift that at falls into; ok is false before the first hand-off.
func (r Rotation) At(at time.Time) (s Shift, ok bool) {
	if len(r.People) == 0 || at.Before(r.First) {
		return Shift{}, false
	}
	n := r.turn(at)
	return Shift{Person: r.People[n%len(r.People)], From: r.handoff(n), Until: r.handoff(n + 1)}, true
}

// turn counts the hand-offs between the first and at. The division is off by one where the clocks were changed.
func (r Rotation) turn(at time.Time) int {
	const day = 24 * time.Hour
	n := int(at.Sub(r.First) / (time.Duration(r.Days) * day))
	for r.handoff(n).After(at) {
		n--
	}
	for !r.handoff(n + 1).After(at) {
		n++
	}
	return n
}

func (r Rotation) handoff(n int) time.Time {
	year, month, day := r.First.Date()
	hour, minute, second := r.First.Clock()
	return time.Date(year, month, day+n*r.Days, hour, minute, second, 0, r.First.Location())
}
