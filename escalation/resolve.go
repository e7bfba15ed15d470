package escalation

import (
	"maps"
	"time"

	"opsbot/escalation/incident"
	"opsbot/messages"
)

// markResolved resolves the incident if no alert fires. Otherwise the quiet period must show that the alerts stop. If they
// have not resolved by then, but nothing was reported of them either, a second request resolves the incident: Alertmanager
// may have forgotten them, and will never report their end.
func (d *decision) markResolved(a Action) error {
	d.endAlerts(func(alert incident.Alert) bool { return alert.Manual })
	firing := d.inc.Firing()
	switch {
	case d.inc.Status == incident.Resolved:
		return refuse(messages.New("escalation.refused.resolved", "incident", incident.Label(d.inc.Number)))
	case d.inc.Status == incident.Quiet && firing > 0:
		return nil
	}
	if d.inc.Owner == "" {
		d.setOwner(a.Actor)
	} else {
		d.answerPages(a.Actor)
	}
	d.inc.LastActivity = d.now
	switch {
	case firing == 0:
		d.close(a.Actor, d.now)
		return nil
	case !d.inc.DoubtedAt.IsZero():
		d.closeUnheard(a.Actor, firing)
		return nil
	}
	d.inc.Status, d.inc.QuietAt, d.inc.DoubtedAt = incident.Quiet, d.now, d.now
	d.inc.NextStepAt, d.inc.NotifyNewAt, d.inc.NewAlerts = time.Time{}, time.Time{}, 0
	d.post(incident.EntryAction, a.Actor, messages.New("escalation.entry.resolving", "user", messages.User(a.Actor),
		"count", firing, "until", d.now.Add(d.policy.QuietPeriod)))
	return nil
}

// closeUnheard resolves the incident although alerts still fire as far as is known. They count as resolved. If they are
// reported again, that is a new incident.
func (d *decision) closeUnheard(actor string, firing int) {
	since := d.inc.DoubtedAt
	d.endAlerts(func(incident.Alert) bool { return true })
	took, within := d.end(d.now)
	d.post(incident.EntryAction, actor, messages.New("escalation.entry.resolved_unheard",
		"user", messages.User(actor), "took", took, "count", firing, "since", since, "within", within), d.askForPostmortem()...)
}

// endAlerts marks firing alerts as resolved because a person said so.
func (d *decision) endAlerts(which func(incident.Alert) bool) {
	alerts := maps.Clone(d.inc.Alerts)
	for fingerprint, alert := range alerts {
		if alert.Firing && which(alert) {
			alert.Firing, alert.EndsAt, alert.ChangedAt = false, d.now, d.now
			alerts[fingerprint] = alert
			d.setFiring(alert, false)
		}
	}
	d.inc.Alerts = alerts
}
