package incident

import (
	"opsbot/messages"
)

// Headline is number, severity and subject.
func (inc Incident) Headline() messages.Text {
	return messages.New("escalation.header.title",
		"incident", Label(inc.Number), "severity", inc.Severity.Text(), "title", inc.Subject())
}

// Subject is what the incident is about, untrusted in part.
func (inc Incident) Subject() messages.Text {
	if inc.Storm {
		return messages.New("escalation.subject.storm", "count", inc.Groups, "title", messages.Literal(inc.Title))
	}
	return messages.Literal(inc.Title)
}

// Tone is the color of the incident's cards.
func (inc Incident) Tone() messages.Tone {
	switch inc.Status {
	case Open:
		return messages.ToneBad
	case Acknowledged:
		return messages.ToneWarning
	case Quiet:
		return messages.ToneInfo
	default:
		return messages.ToneGood
	}
}

// OwnerText says who owns the incident, or who should.
func (inc Incident) OwnerText() messages.Text {
	switch {
	case inc.Owner == "" && (inc.Status == Resolved || inc.Status == Quiet):
		return messages.New("escalation.owner.nobody")
	case inc.Owner == "" && !inc.HeldUntil.IsZero():
		return messages.New("escalation.owner.held", "role", inc.Role.Text(), "from", messages.Date(inc.HeldUntil))
	case inc.Owner == "":
		return messages.New("escalation.owner.none", "role", inc.Role.Text())
	case inc.HandoffTo != "":
		return messages.New("escalation.owner.handoff", "user", messages.User(inc.Owner), "to", messages.User(inc.HandoffTo), "until", inc.HandoffUntil)
	}
	return messages.New("escalation.mention", "user", messages.User(inc.Owner))
}

// SortedAlerts are the incident's alerts, the worst first.
func (inc Incident) SortedAlerts() []Alert {
	alerts := make([]Alert, 0, len(inc.Alerts))
	for _, a := range inc.Alerts {
		alerts = append(alerts, a)
	}
	return WorstFirst(alerts)
}
