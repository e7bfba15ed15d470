package incident

import (
	"strings"

	"opsbot/messages"
)

// Severity of an alert, and of an incident the worst of its firing alerts.
type Severity int

// The severities, by the label "severity" of an alert; an unknown one counts as warning.
const (
	Info Severity = iota
	Warning
	Critical
)

// ParseSeverity reads the label "severity". An unknown value counts as Warning, so that it is neither ignored nor urgent.
func ParseSeverity(label string) Severity {
	switch strings.ToLower(strings.TrimSpace(label)) {
	case "critical", "crit", "page", "emergency", "error", "严重", "紧急":
		return Critical
	case "info", "information", "none", "notice", "信息", "提示":
		return Info
	default:
		return Warning
	}
}

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

// Severity of the alert.
func (a Alert) Severity() Severity { return ParseSeverity(a.Labels["severity"]) }
