package oncall

import (
	"regexp"
	"slices"
	"time"

	"opsbot/messages"
)

// Finding is something about the contact table that a person should look at.
type Finding struct {
	// Serious: a page would reach nobody, or the wrong person. Otherwise it is advice.
	Serious bool
	Text    messages.Text
}

// Lint looks for gaps and mistakes in who is on call between two times.
func (d Directory) Lint(from, until time.Time) []Finding {
	l := &rosterLint{directory: d}
	for _, role := range ContactRoles() {
		l.gaps(role, from, until)
		l.rotation(role)
		l.calendar(role, from, until)
	}
	l.phones()
	l.overrides(from)
	return l.findings
}

type rosterLint struct {
	directory Directory
	findings  []Finding
}

func (l *rosterLint) serious(t messages.Text) {
	l.findings = append(l.findings, Finding{Serious: true, Text: t})
}

func (l *rosterLint) advice(t messages.Text) {
	l.findings = append(l.findings, Finding{Text: t})
}

// gaps reports the first time at which nobody of a role can be paged. People of a rotation who cannot be paged are reported by
// rotation.
func (l *rosterLint) gaps(role Role, from, until time.Time) {
	for at := from; at.Before(until); {
		duty := l.directory.Duty(role, at)
		switch {
		case len(duty.People) == 0 && at.Equal(from) && duty.Until.IsZero():
			l.serious(messages.New("escalation.lint.nobody", "role", role.Text()))
			return
		case len(duty.People) == 0:
			l.serious(messages.New("escalation.lint.nobody_from", "role", role.Text(), "from", messages.Date(at)))
			return
		case duty.Until.IsZero():
			return
		}
		at = duty.Until
	}
}

func (l *rosterLint) rotation(role Role) {
	r, ok := l.directory.rotations[role]
	if !ok {
		return
	}
	people := slices.Clone(r.People)
	slices.Sort(people)
	people = slices.Compact(people)
	if len(people) == 1 {
		l.advice(messages.New("escalation.lint.rotation_of_one", "role", role.Text(), "name", l.directory.NameOf(people[0])))
	}
	for _, id := range people {
		c, _ := l.directory.ByID(id)
		if !c.Reachable() {
			l.serious(messages.New("escalation.lint.unreachable", "role", role.Text(), "name", l.directory.NameOf(id)))
		}
		hasRole := func(c Contact) bool { return c.ID == id && c.Role == role }
		if !slices.ContainsFunc(l.directory.contacts, hasRole) {
			l.advice(messages.New("escalation.lint.other_role", "role", role.Text(), "name", l.directory.NameOf(id)))
		}
	}
}

// calendar reports a calendar that cannot be read, events that put nobody on call, and the first time at which nobody is.
func (l *rosterLint) calendar(role Role, from, until time.Time) {
	c, ok := l.directory.calendars[role]
	switch {
	case !ok:
		return
	case c.Problem != "":
		l.serious(messages.New("escalation.lint.calendar", "role", role.Text(), "cause", c.Problem))
		l.events(role, c)
		return
	}
	l.events(role, c)
	for at := from; !at.IsZero() && at.Before(until); at = l.directory.Duty(role, at).Until {
		if l.directory.dutyAt(role, at).Reason == DutyFallback {
			l.advice(messages.New("escalation.lint.calendar_gap", "role", role.Text(), "from", messages.Date(at)))
			return
		}
	}
}

// eventsNamed is how many events of a calendar are named; of more only the number is told.
const eventsNamed = 20

// events reports the events of a calendar that put nobody on call.
func (l *rosterLint) events(role Role, c Calendar) {
	var found []messages.Text
	for _, e := range c.LeftOut {
		found = append(found, messages.New("escalation.lint.calendar_left", "role", role.Text(), "event", e.Name(), "cause", e.Cause))
	}
	for _, summary := range c.UnknownEvents {
		found = append(found, messages.New("escalation.lint.calendar_stranger", "role", role.Text(), "event", messages.Literal(messages.Shorten(summary, 100))))
	}
	if more := len(found) - eventsNamed; more > 0 {
		found = append(found[:eventsNamed], messages.New("escalation.lint.calendar_more", "count", more, "role", role.Text()))
	}
	for _, text := range found {
		l.advice(text)
	}
}

// internationalPhone is E.164; placeholderPhone is how the handbook prints numbers.
var (
	internationalPhone = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	placeholderPhone   = regexp.MustCompile(`^[0-9]+x+[0-9]+$`)
)

func (l *rosterLint) phones() {
	for _, c := range l.directory.contacts {
		switch {
		case c.Phone == "" || internationalPhone.MatchString(c.Phone):
		case placeholderPhone.MatchString(c.Phone):
			l.advice(messages.New("escalation.lint.phone_placeholder", "name", c.Name, "phone", c.Phone))
		default:
			l.advice(messages.New("escalation.lint.phone_form", "name", c.Name, "phone", c.Phone))
		}
	}
}

// overrides reports overrides for people who have left the contact table or cannot be paged.
func (l *rosterLint) overrides(now time.Time) {
	for _, o := range l.directory.Overrides("", now) {
		if c, ok := l.directory.BySlack(o.User); !ok || !c.Reachable() {
			l.serious(messages.New("escalation.lint.override", "number", o.Number, "role", o.Role.Text(), "user", messages.User(o.User)))
		}
	}
}
