package oncall

import (
	"time"
)

// Rotation is the people who are on call for a role one after the other. Hand-offs are at the same local time, also when
// daylight saving time begins or ends: a week after Monday 09:00 is Monday 09:00, 167, 168 or 169 hours later.
type Rotation struct {
	Role Role
	// People are contact ids in the order of their shifts. They may have another role in the contact table.
	People []string
	// First is the hand-off to the first of People, in the time zone of all hand-offs. Before it nobody is on call.
	First time.Time
	// Days is how many calendar days a shift lasts.
	Days int
}

// Shift is a contact id with the time for which the person is on call: from From until just before Until.
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

// turn counts the hand-offs between the first one and at. The division may be off by one when daylight saving time changes.
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
