package escalation

import (
	"time"

	"opsbot/messages"
)

// transition is what one delivered alert means for what is known of it.
type transition int

const (
	unchanged transition = iota // identical, or older than what is known
	updated                     // nothing a person must hear of: other annotations, a later end
	fired
	resolved
)

// compare decides what incoming means, given what is known of the same fingerprint. What counts is the order in which
// opsbot received the reports, not when they say that it started: an alert comes back with its old start when Prometheus
// sends it again after Alertmanager had given it up, and of several Prometheus servers Alertmanager takes the earliest.
func compare(known Alert, isKnown bool, incoming Alert, receivedAt time.Time) transition {
	switch {
	case !isKnown && incoming.Firing:
		return fired
	case !isKnown:
		// Remembered as resolved, so that its own firing report, should it come late, does not fire.
		return updated
	case receivedAt.Before(known.ChangedAt):
		return unchanged // it was overtaken
	case known.Firing && !incoming.Firing:
		if endedBefore(incoming, known) {
			return unchanged
		}
		return resolved
	case !known.Firing && incoming.Firing:
		if receivedAt.Equal(known.ChangedAt) {
			return unchanged
		}
		return fired
	case sameReport(known, incoming):
		return unchanged
	default:
		return updated
	}
}

// endedBefore reports whether what incoming resolves was over when what fires now began.
func endedBefore(incoming, known Alert) bool {
	return incoming.StartsAt.Before(known.StartsAt) && !incoming.EndsAt.After(known.StartsAt)
}

// firesAnew reports whether a known alert fires a second time, and nobody told that it had ended in between.
func (a Alert) firesAnew(known Alert) bool {
	return a.Firing && known.Firing && a.StartsAt.After(known.StartsAt)
}

func sameReport(a, b Alert) bool {
	if !a.StartsAt.Equal(b.StartsAt) || !a.EndsAt.Equal(b.EndsAt) || len(a.Annotations) != len(b.Annotations) {
		return false
	}
	for name, value := range a.Annotations {
		if b.Annotations[name] != value {
			return false
		}
	}
	return true
}

// Name of the alert; untrusted.
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

// Service is the workload that the alert is about, "" where its labels do not say.
func (a Alert) Service() string {
	return firstLabel(a.Labels, "service", "app", "deployment", "statefulset")
}

func firstLabel(labels map[string]string, names ...string) string {
	for _, name := range names {
		if labels[name] != "" {
			return labels[name]
		}
	}
	return ""
}

// line names the alert in one line of a card.
func (a Alert) line(group map[string]string) messages.Text {
	return a.lineWith(a.detail(group))
}

func (a Alert) lineWith(what string) messages.Text {
	name := messages.Code(shorten(a.Name(), 60))
	if a.Firing {
		return messages.New("escalation.alert.firing", "alert", name, "what", what)
	}
	return messages.New("escalation.alert.resolved", "alert", name, "what", what)
}
