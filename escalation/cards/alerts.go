package cards

import (
	"opsbot/escalation/incident"
	"opsbot/messages"
)

// HeaderAlerts is how many alerts a header names. optionLimit is how many options a select menu can hold (SF-4.52).
const (
	HeaderAlerts = 10
	optionLimit  = 100
)

// alertList names the first limit alerts and counts the others.
func alertList(alerts []incident.Alert, inc incident.Incident, limit int) []messages.Text {
	lines := alertLines(alerts[:min(limit, len(alerts))], inc.Labels)
	if more := len(alerts) - len(lines); more > 0 {
		lines = append(lines, messages.New("escalation.alert.more", "count", more))
	}
	if inc.Truncated > 0 {
		lines = append(lines, messages.New("escalation.alert.truncated", "count", inc.Truncated))
	}
	return lines
}

func alertLines(alerts []incident.Alert, group map[string]string) []messages.Text {
	lines := make([]messages.Text, 0, len(alerts)+2)
	for _, a := range alerts {
		lines = append(lines, a.Line(group))
	}
	return lines
}
