package calendar

import "opsbot/messages"

// problem is why an event is left out.
type problem struct{ text messages.Text }

func newProblem(text messages.Text) *problem { return &problem{text} }

func missing(property string) *problem {
	return newProblem(messages.New("escalation.calendar.missing", "property", property))
}

func unreadable(property, value string) *problem {
	return newProblem(messages.New("escalation.calendar.unreadable", "property", property, "value", messages.Shorten(value, 60)))
}

func unknownZone(id string) *problem {
	return newProblem(messages.New("escalation.calendar.zone", "zone", messages.Shorten(id, 60)))
}
