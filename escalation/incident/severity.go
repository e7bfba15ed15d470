package incident

import "opsbot/messages"

// Severity of an alert, and of an incident the worst of its firing alerts.
type Severity int

// The severities, by the label "severity" of an alert.
const (
	Info Severity = iota
	Warning
	Critical
)

// Text is the severity in words.
func (s Severity) Text() messages.Text {
	switch s {
	case Critical:
		return messages.New("escalation.severity.critical")
	case Info:
		return messages.New("escalation.severity.info")
	default:
		return messages.New("escalation.severity.warning")
	}
}

func (s Severity) String() string {
	switch s {
	case Critical:
		return "critical"
	case Info:
		return "info"
	default:
		return "warning"
	}
}
