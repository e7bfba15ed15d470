package escalation

import (
	"maps"
	"time"

	"opsbot/escalation/incident"
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
func compare(known incident.Alert, isKnown bool, incoming incident.Alert, receivedAt time.Time) transition {
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
func endedBefore(incoming, known incident.Alert) bool {
	return incoming.StartsAt.Before(known.StartsAt) && !incoming.EndsAt.After(known.StartsAt)
}

// firesAnew reports whether a known alert fires a second time, and nobody told that it had ended in between.
func firesAnew(a, known incident.Alert) bool {
	return a.Firing && known.Firing && a.StartsAt.After(known.StartsAt)
}

func sameReport(a, b incident.Alert) bool {
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

// merged is what a delivery brought that was not known.
type merged struct {
	fired, resolved []incident.Alert
	changed, worse  bool
}

// merge brings the delivered alerts into the incident, in their order, with a line of the timeline for each that
// fires or resolves.
func (d *decision) merge(g incident.Deliveries) merged {
	var found merged
	d.inc.Alerts = maps.Clone(d.inc.Alerts)
	if d.inc.Alerts == nil {
		d.inc.Alerts = make(map[string]incident.Alert, len(g[0].Alerts))
	}
	for _, n := range g {
		for _, a := range n.Alerts {
			d.mergeAlert(a, n, &found)
		}
	}
	return found
}

func (d *decision) mergeAlert(a incident.Alert, n incident.Notification, found *merged) {
	known, ok := d.inc.Alerts[a.Fingerprint]
	change := compare(known, ok, a, n.ReceivedAt)
	if change == unchanged {
		return
	}
	found.changed = true
	a.ChangedAt, a.Digest = n.ReceivedAt, known.Digest
	switch change {
	case fired:
		found.fired = append(found.fired, a)
		found.worse = found.worse || a.Severity() > d.inc.Severity
		d.setFiring(a, true)
		d.appendEntry(incident.EntryAlert, "", firedText(a, n.Repair))
	case resolved:
		found.resolved = append(found.resolved, a)
		d.setFiring(a, false)
		d.appendEntry(incident.EntryAlert, "", resolvedText(a, n.Repair))
	case updated:
		if ok && !firesAnew(a, known) {
			a.ChangedAt = known.ChangedAt
		}
	}
	d.inc.Alerts[a.Fingerprint] = a
}

// clearDoubt ends the doubt of a person who said that it is over: Alertmanager reports again that something fires.
func (d *decision) clearDoubt(g incident.Deliveries) bool {
	if d.inc.DoubtedAt.IsZero() {
		return false
	}
	for _, n := range g {
		if n.ReceivedAt.After(d.inc.DoubtedAt) && len(n.Firing()) > 0 {
			d.inc.DoubtedAt = time.Time{}
			return true
		}
	}
	return false
}

// setFiring notes for the store's index what begins or ceases to fire, of the alerts that Alertmanager knows.
func (d *decision) setFiring(a incident.Alert, isFiring bool) {
	if a.Manual || a.Own {
		return
	}
	if d.change.Firing == nil {
		d.change.Firing = map[string]bool{}
	}
	d.change.Firing[a.Fingerprint] = isFiring
}

func firedText(a incident.Alert, isRepair bool) messages.Text {
	name, severity := messages.Code(messages.Shorten(a.Name(), 60)), a.Severity().Text()
	if isRepair {
		return messages.New("escalation.entry.alert_found", "alert", name, "what", a.Detail(nil), "severity", severity)
	}
	return messages.New("escalation.entry.alert_fired", "alert", name, "what", a.Detail(nil), "severity", severity)
}

func resolvedText(a incident.Alert, isRepair bool) messages.Text {
	name := messages.Code(messages.Shorten(a.Name(), 60))
	if isRepair {
		return messages.New("escalation.entry.alert_gone", "alert", name, "what", a.Detail(nil), "after", lasted(a))
	}
	return messages.New("escalation.entry.alert_resolved", "alert", name, "what", a.Detail(nil), "after", lasted(a))
}

func lasted(a incident.Alert) time.Duration {
	return max(0, a.EndsAt.Sub(a.StartsAt)).Round(time.Second)
}

func worstFiring(inc incident.Incident) incident.Severity {
	worst, any := incident.Info, false
	for _, a := range inc.Alerts {
		if a.Firing {
			worst, any = max(worst, a.Severity()), true
		}
	}
	if !any {
		return inc.Severity // what has resolved keeps the severity it had
	}
	return worst
}

// worstOf is the severity that the incident had at its worst, if no person set it.
func worstOf(inc incident.Incident) incident.Severity {
	worst := inc.Severity
	for _, a := range inc.Alerts {
		worst = max(worst, a.Severity())
	}
	return worst
}
