package oncall

import (
	"slices"
	"time"

	"opsbot/escalation/internal/times"
)

// DutyReason is why somebody is on call.
type DutyReason string

// The reasons to be on call. DutyFallback means that rotation or calendar name nobody who can be paged. Then all people of the
// role are on call, so that a gap loses no page.
const (
	DutyAll      DutyReason = "all" // the role has no rotation
	DutyRotation DutyReason = "rotation"
	DutyCalendar DutyReason = "calendar"
	DutyOverride DutyReason = "override"
	DutyFallback DutyReason = "instead"
)

// Duty is who is paged for a role at one time, and why.
type Duty struct {
	Role   Role
	People []Contact
	Reason DutyReason
	// Until is when other people take over; zero if no change is known.
	Until time.Time
	// Override is set for DutyOverride.
	Override Override
}

// OnCall are the people who are paged for a role at the given time. All of them can be. Without rotation, calendar and override
// they are all people of the role.
func (d Directory) OnCall(role Role, at time.Time) []Contact {
	if role == Everyone {
		return d.Reachable(Everyone)
	}
	return d.dutyAt(role, at).People
}

// dutyLimit is how many hand-offs Duty looks at to find one to other people.
const dutyLimit = 100

// Duty is who is on call for a role at the given time, until when, and why.
func (d Directory) Duty(role Role, at time.Time) Duty {
	duty := d.dutyAt(role, at)
	next := at
	for range dutyLimit {
		if next = d.change(role, next); next.IsZero() {
			break
		}
		if !samePeople(duty.People, d.dutyAt(role, next).People) {
			duty.Until = next
			break
		}
	}
	return duty
}

func (d Directory) dutyAt(role Role, at time.Time) Duty {
	for _, o := range slices.Backward(d.overrides) {
		if c, ok := d.BySlack(o.User); ok && o.covers(role, at) && c.Reachable() {
			return Duty{Role: role, People: []Contact{c}, Reason: DutyOverride, Override: o}
		}
	}
	turns, reason := d.turnsAt(role, at)
	if reason == DutyAll {
		return Duty{Role: role, People: d.Reachable(role), Reason: DutyAll}
	}
	isOn := func(c Contact) bool { return slices.Contains(turns, c.ID) && c.Reachable() }
	if people := d.filter(isOn); len(people) > 0 {
		return Duty{Role: role, People: people, Reason: reason}
	}
	return Duty{Role: role, People: slices.DeleteFunc(d.Team(role), func(c Contact) bool { return !c.Reachable() }), Reason: DutyFallback}
}

// turnsAt are the ids of the people whose shift it is; DutyAll if the role has neither rotation nor calendar.
func (d Directory) turnsAt(role Role, at time.Time) (ids []string, reason DutyReason) {
	if calendar, ok := d.calendars[role]; ok {
		return calendar.at(at), DutyCalendar
	}
	rotation, ok := d.rotations[role]
	if !ok {
		return nil, DutyAll
	}
	if shift, ok := rotation.At(at); ok {
		ids = []string{shift.Person}
	}
	return ids, DutyRotation
}

// Team are the people of a role and of its rotation or calendar, reachable or not.
func (d Directory) Team(role Role) []Contact {
	turns := slices.Concat(d.rotations[role].People, d.calendars[role].people())
	return d.filter(func(c Contact) bool { return c.Role == role || slices.Contains(turns, c.ID) })
}

// change is when an override or a shift of the role next begins or ends after at; zero: never.
func (d Directory) change(role Role, at time.Time) time.Time {
	var next time.Time
	consider := func(t time.Time) {
		if t.After(at) {
			next = times.Earliest(next, t)
		}
	}
	for _, o := range d.Overrides(role, at) {
		consider(o.From)
		consider(o.Until)
	}
	for _, s := range d.calendars[role].Shifts {
		consider(s.From)
		consider(s.Until)
	}
	if rotation, ok := d.rotations[role]; ok {
		consider(rotation.First)
		if shift, ok := rotation.At(at); ok {
			consider(shift.Until)
		}
	}
	return next
}

func samePeople(a, b []Contact) bool {
	return slices.EqualFunc(a, b, func(a, b Contact) bool { return a.ID == b.ID })
}
