package escalation

import (
	"time"

	"opsbot/messages"
)

// lateDelivery is how long after a resolve a firing report of the same start counts as an older delivery that was
// overtaken (Alertmanager backs off for at most a minute). After that it is a re-fire: Alertmanager resolves alerts
// that Prometheus stopped sending, and they come back with their old start.
const lateDelivery = time.Minute

// transition is what one delivered alert means for what is known of it.
type transition int

const (
	unchanged transition = iota // identical, or older than what is known
	updated                     // nothing a person must hear of: other annotations, a later end
	fired
	resolved
)

// compare decides what incoming means, given what is known of the same fingerprint.
func compare(known Alert, isKnown bool, incoming Alert, receivedAt time.Time) transition {
	switch {
	case !isKnown && incoming.Firing:
		return fired
	case !isKnown:
		// Remembered as resolved, so that its own firing report, should it come late, does not fire.
		return updated
	case incoming.StartsAt.Before(known.StartsAt):
		return unchanged
	case known.Firing && !incoming.Firing:
		return resolved
	case !known.Firing && incoming.Firing:
		if incoming.StartsAt.Equal(known.StartsAt) && receivedAt.Sub(known.ChangedAt) < lateDelivery {
			return unchanged
		}
		return fired
	case sameReport(known, incoming):
		return unchanged
	default:
		return updated
	}
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
	name, what := messages.Code(shorten(a.Name(), 60)), a.detail(group)
	if a.Firing {
		return messages.New("escalation.alert.firing", "alert", name, "what", what)
	}
	return messages.New("escalation.alert.resolved", "alert", name, "what", what)
}
