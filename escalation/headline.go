package escalation

import (
	"opsbot/messages"
)

func (inc Incident) headline() messages.Text {
	return messages.New("escalation.header.title",
		"incident", Label(inc.Number), "severity", inc.Severity.Text(), "title", inc.subject())
}

func (inc Incident) subject() messages.Text {
	if inc.Storm {
		return messages.New("escalation.subject.storm", "count", inc.Groups, "title", messages.Literal(inc.Title))
	}
	return messages.Literal(inc.Title)
}

func (inc Incident) tone() messages.Tone {
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

func (inc Incident) ownerText() messages.Text {
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

func (inc Incident) sortedAlerts() []Alert {
	alerts := make([]Alert, 0, len(inc.Alerts))
	for _, a := range inc.Alerts {
		alerts = append(alerts, a)
	}
	return worstFirst(alerts)
}
