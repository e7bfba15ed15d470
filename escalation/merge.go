package escalation

import (
	"maps"
	"time"

	"opsbot/escalation/incident"
	"opsbot/messages"
)

// transition is what a reported alert changes.
type transition int

const (
	unchanged transition = iota // the same as known, or older
	updated                     // nothing that people must hear of: other annotations, a later end
	fired
	resolved
)

// merged is what is new in the deliveries.
type merged struct {
	fired, resolved []incident.Alert
	changed, worse  bool
}

// compare decides what incoming means, given the known alert with the same fingerprint. It goes by the order in which opsbot
// received the reports, not by their start times: an alert keeps its old start when Prometheus sends it again after
// Alertmanager had dropped it, and of several Prometheus servers Alertmanager takes the earliest start.
func compare(known incident.Alert, isKnown bool, incoming incident.Alert, receivedAt time.Time) transition {
	switch {
	case !isKnown && incoming.Firing:
		return fired
	case !isKnown:
		// It is remembered as resolved, so that its firing report does not fire if it comes late.
		return updated
	case receivedAt.Before(known.ChangedAt):
		return unchanged // a newer report came first
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

// endedBefore reports whether incoming resolves an earlier firing of the alert than the one that is known.
func endedBefore(incoming, known incident.Alert) bool {
	return incoming.StartsAt.Before(known.StartsAt) && !incoming.EndsAt.After(known.StartsAt)
}

// firesAnew reports whether a firing alert has started again although no end was reported.
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

// merge brings the reported alerts into the incident, in their order. Each that fires or resolves gets a line in the timeline.
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

// clearDoubt is for an incident that a person called resolved while alerts fired. It reports whether Alertmanager has
// reported a firing alert since, and forgets the person's word if so.
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

// setFiring tells the store's index that an alert begins or stops firing. Only Alertmanager's alerts are in the index.
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
		return inc.Severity // an incident whose alerts have all resolved keeps its severity
	}
	return worst
}

// worstOf is the worst severity of the incident and all its alerts.
func worstOf(inc incident.Incident) incident.Severity {
	worst := inc.Severity
	for _, a := range inc.Alerts {
		worst = max(worst, a.Severity())
	}
	return worst
}
