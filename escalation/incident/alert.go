package incident

import (
	"maps"
	"slices"
	"strings"
	"time"

	"opsbot/messages"
)

// Alert is the last known state of one alert, identified by its fingerprint.
type Alert struct {
	Fingerprint  string            `json:"fingerprint"`
	Firing       bool              `json:"firing"`
	Labels       map[string]string `json:"labels,omitempty"`
	Annotations  map[string]string `json:"annotations,omitempty"`
	StartsAt     time.Time         `json:"starts_at"`
	EndsAt       time.Time         `json:"ends_at,omitzero"`
	GeneratorURL string            `json:"generator_url,omitempty"`
	// Manual alerts were declared by a person, who also ends them.
	Manual bool `json:"manual,omitempty"`
	// Own alerts are raised by opsbot itself.
	Own bool `json:"own,omitempty"`
	// Foreign alerts come from another program than Alertmanager (Grafana's own alerting), whose API knows nothing of them.
	Foreign bool `json:"foreign,omitempty"`
	// SeverityAs is the severity that the configuration gives to the word of the label "severity"; "": it has none for it.
	SeverityAs string `json:"severity_as,omitempty"`
	// ChangedAt is when opsbot received what made the alert fire or resolve.
	ChangedAt time.Time `json:"changed_at,omitzero"`
	// Digest is the thread message that names the alert (DigestKey); 0 if the header named it from the beginning.
	Digest int64 `json:"digest,omitempty"`
}

// CommandsAnnotation is the annotation with which an alert names the operations worth running, separated by
// semicolons; it replaces what opsbot would suggest.
const CommandsAnnotation = "opsbot_commands"

// Name is the alert's name; untrusted.
func (a Alert) Name() string {
	if name := a.Labels["alertname"]; name != "" {
		return name
	}
	return a.Fingerprint
}

// Summary is the alert's own description of itself; untrusted, may be "".
func (a Alert) Summary() string {
	for _, name := range []string{"summary", "message", "description"} {
		if s := a.Annotations[name]; s != "" {
			return s
		}
	}
	return ""
}

// Service is the workload that the alert is about, "" if its labels do not say.
func (a Alert) Service() string {
	return firstLabel(a.Labels, "service", "app", "deployment", "statefulset")
}

// Line names the alert in one line of a card.
func (a Alert) Line(group map[string]string) messages.Text {
	return a.LineWith(a.Detail(group))
}

// LineWith is Line with other words than the alert's details.
func (a Alert) LineWith(what string) messages.Text {
	name := messages.Code(messages.Shorten(a.Name(), 60))
	if a.Firing {
		return messages.New("escalation.alert.firing", "alert", name, "what", what)
	}
	return messages.New("escalation.alert.resolved", "alert", name, "what", what)
}

// Detail distinguishes the alert from others of its group: the labels that the group does not share, then the summary.
func (a Alert) Detail(group map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(a.Labels)) {
		if _, shared := group[name]; shared || isCommon(name) {
			continue
		}
		parts = append(parts, name+"="+messages.Shorten(a.Labels[name], 40))
		if len(parts) == 4 {
			break
		}
	}
	labels := strings.Join(parts, " ")
	switch summary := messages.Shorten(a.Summary(), 100); {
	case labels == "":
		return summary
	case summary == "":
		return labels
	default:
		return labels + " · " + summary
	}
}

// isCommon reports whether a label does not help to distinguish alerts of the same name.
func isCommon(label string) bool {
	switch label {
	case "alertname", "severity", "role", "team", "prometheus", "monitor", "tier":
		return true
	default:
		return false
	}
}
