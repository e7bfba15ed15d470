package calendar

import (
	"slices"
	"strings"

	"github.com/emersion/go-ical"
)

// people are the contacts whom an event puts on call: its known attendees, without any those whom its summary names. Who declined,
// passed the invitation on or is there for information only is not; somebody is then left out of the summary too, and absent is true.
func (r Reading) people(e *ical.Component) (ids []string, absent bool) {
	var out []string
	for _, attendee := range e.Props[ical.PropAttendee] {
		id, ok := r.attendee(attendee)
		switch {
		case !ok:
		case takesPart(attendee):
			ids = append(ids, id)
		default:
			out = append(out, id)
		}
	}
	if len(ids) == 0 {
		ids = r.named(textOf(e, ical.PropSummary))
	}
	ids = slices.DeleteFunc(distinct(ids), func(id string) bool { return slices.Contains(out, id) })
	return ids, len(out) > 0
}

// attendee is the contact who is meant: by the address, the one beside it where iCloud has an id of its own, or the name.
func (r Reading) attendee(p ical.Prop) (id string, ok bool) {
	for _, name := range []string{mailbox(p.Value), mailbox(p.Params.Get("EMAIL")), p.Params.Get(ical.ParamCommonName)} {
		if id, ok = r.Person(strings.TrimSpace(name)); ok {
			return id, true
		}
	}
	return "", false
}

// takesPart reports whether an attendee is there. Who has not answered is.
func takesPart(p ical.Prop) bool {
	switch strings.ToUpper(p.Params.Get(ical.ParamParticipationStatus)) {
	case "DECLINED", "DELEGATED":
		return false
	}
	return !strings.EqualFold(p.Params.Get(ical.ParamRole), "NON-PARTICIPANT")
}

// named are the contacts whom a summary names, as a whole or in its parts.
func (r Reading) named(summary string) []string {
	var ids []string
	parts := strings.FieldsFunc(summary, func(c rune) bool { return strings.ContainsRune(",;:：，、()（）<>-–", c) })
	for _, name := range append([]string{summary}, parts...) {
		if id, ok := r.Person(strings.TrimSpace(name)); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// distinct keeps the order.
func distinct(ids []string) []string {
	var kept []string
	for _, id := range ids {
		if !slices.Contains(kept, id) {
			kept = append(kept, id)
		}
	}
	return kept
}

// mailbox is the address of "mailto:li@company.com".
func mailbox(address string) string {
	if scheme, rest, ok := strings.Cut(address, ":"); ok && strings.EqualFold(scheme, "mailto") {
		return rest
	}
	return address
}
