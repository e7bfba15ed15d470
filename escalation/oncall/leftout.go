package oncall

import "opsbot/messages"

// LeftOut is an event of a calendar that puts nobody on call.
type LeftOut struct {
	Event string // its summary; untrusted, may be ""
	Cause messages.Text
}

// Name is the event's summary, or words for an event without one.
func (l LeftOut) Name() messages.Text {
	if l.Event == "" {
		return messages.New("escalation.calendar.unnamed")
	}
	return messages.Literal(messages.Shorten(l.Event, 100))
}

// LeftOut names the first events of a role's calendar that put nobody on call although they should, and says how many more there are.
func (d Directory) LeftOut(role Role, limit int) []messages.Text {
	left := d.calendars[role].LeftOut
	var texts []messages.Text
	for _, e := range left[:min(limit, len(left))] {
		texts = append(texts, messages.New("escalation.calendar.left", "role", role.Text(), "event", e.Name(), "cause", e.Cause))
	}
	if more := len(left) - limit; more > 0 {
		texts = append(texts, messages.New("escalation.calendar.left_more", "count", more, "role", role.Text()))
	}
	return texts
}
