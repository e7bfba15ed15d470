package escalation

import (
	"slices"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/internal/times"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// Observe takes in one or more deliveries for one incident, in their order. They belong to one group, unless the incident is
// a storm. An incident with Version 0 is new: only its Number and Storm need to be set, and at least one alert must fire. A
// resolved incident must not get any: its group opens a new one. pages is the incident's ledger. When the deliveries hold
// nothing new, the change has only their journal rows.
func Observe(policy Policy, directory oncall.Directory, inc incident.Incident, pages []incident.Page, deliveries []incident.Notification, now time.Time) Change {
	d, g := begin(policy, directory, inc, pages, now), incident.Deliveries(policy.withSeverities(deliveries))
	d.change.Processed = g.JournalIDs()
	isNew := inc.Version == 0
	if isNew {
		d.open(g)
	}
	found := d.merge(g)
	isHeard := d.clearDoubt(g)
	d.describe(g)
	if !found.changed && !isHeard && inc.Truncated == d.inc.Truncated {
		return d.change
	}
	was := d.inc.Severity
	if !d.inc.SeverityFixed || found.worse {
		d.inc.Severity = worstFiring(d.inc)
	}
	isUnclear := d.doubtSeverity()
	d.noteFired(found)
	d.digest(found)
	switch firing := d.inc.Firing(); {
	case firing == 0 && (isNew || len(found.resolved) > 0):
		d.beginQuiet() // a new incident too: it was over before anybody could look at it
	case isNew:
		d.inc.StageDueAt = d.policy.deadline(d.inc, incident.Respond) // once more: the severity may be unclear
		d.startLadder()
	case d.inc.Status == incident.Quiet && len(found.fired) > 0:
		d.reopenFired()
	case d.reschedule(was, isUnclear):
	case len(found.fired) > 0:
		d.addNewAlerts(len(found.fired), found.worse)
	}
	return d.finish()
}

// open fills a new incident.
func (d *decision) open(g incident.Deliveries) {
	firing := g.Firing()
	worst := incident.WorstFirst(firing)[0]
	d.inc.GroupKey, d.inc.Correlation = g.GroupKey(), d.policy.Correlation(worst)
	if !d.inc.Storm {
		d.inc.Labels, d.inc.Title = g[0].Labels, incident.TitleOf(firing)
	}
	d.inc.Severity = worst.Severity()
	d.inc.Status, d.inc.Stage = incident.Open, incident.Respond
	d.inc.Role = d.policy.Routing.Role(worst.Labels)
	d.inc.Channel = d.policy.Channel
	d.inc.OpenedAt, d.inc.LastActivity = d.now, d.now
	d.inc.StageDueAt = d.policy.deadline(d.inc, incident.Respond)
	d.appendEntry(incident.EntryStage, "", messages.New("escalation.entry.opened",
		"severity", worst.Severity().Text(), "role", d.inc.Role.Text(), "count", len(firing)))
}

// noteFired records that alerts fired. A storm goes on for as long as they do.
func (d *decision) noteFired(found merged) {
	if len(found.fired) == 0 {
		return
	}
	d.inc.LastFiredAt = d.now
	if d.inc.Storm {
		shareLabels(&d.inc, found.fired)
	}
}

// describe takes over what the last webhook says of the group as a whole. Repairs say nothing about that.
func (d *decision) describe(g incident.Deliveries) {
	for _, n := range slices.Backward(g) {
		if !n.Repair {
			d.inc.Truncated, d.inc.ExternalURL = n.Truncated, n.ExternalURL
			return
		}
	}
}

// beginQuiet begins the quiet period. Pages that have not been sent are cancelled.
func (d *decision) beginQuiet() {
	d.inc.Status, d.inc.QuietAt = incident.Quiet, d.now
	d.inc.NextStepAt, d.inc.NotifyNewAt, d.inc.NewAlerts = time.Time{}, time.Time{}, 0
	d.cancelPages(time.Time{})
	d.post(incident.EntryAlert, "", messages.New("escalation.entry.all_resolved",
		"until", d.now.Add(d.policy.QuietPeriod), "period", d.policy.QuietPeriod))
}

// reopenFired reopens a quiet incident in the same thread. The owner stays the owner.
func (d *decision) reopenFired() {
	d.inc.QuietAt = time.Time{}
	d.post(incident.EntryAlert, "", messages.New("escalation.entry.refired", "count", d.inc.Firing()))
	if d.inc.Owner != "" {
		d.inc.Status = incident.Acknowledged
		d.resetSteps()
		d.addNewAlerts(d.inc.Firing(), false)
		return
	}
	d.inc.Status, d.inc.ReopenedAt = incident.Open, d.now
	d.setStage(incident.Respond)
	// A flapping alert does not page more often than other new alerts.
	d.inc.NextStepAt = times.Latest(d.now, d.inc.PagedAt.Add(d.policy.PageGap))
	if !d.inc.NextStepAt.After(d.now) {
		d.startLadder()
	}
}

// addNewAlerts tells whoever deals with the incident about new alerts: at once when they are worse, otherwise at most every
// PageGap. In a storm, which never stops bringing new ones, it is at most every reminder interval.
func (d *decision) addNewAlerts(count int, worse bool) {
	d.inc.NewAlerts += count
	at := d.nextNewAlertsAt()
	if worse {
		at = d.now
	}
	d.scheduleNewAlerts(at)
}

// nextNewAlertsAt is when people may next be paged about new alerts.
func (d *decision) nextNewAlertsAt() time.Time {
	gap := d.policy.PageGap
	if d.inc.Storm {
		gap = d.stage().Remind
	}
	return times.Latest(d.now, d.inc.PagedAt.Add(gap))
}

// scheduleNewAlerts pages about new alerts at the given time, or when the severity's working hours next begin.
func (d *decision) scheduleNewAlerts(at time.Time) {
	if at = d.hours().Next(at); at.After(d.now) {
		d.inc.NotifyNewAt = at
		return
	}
	d.pageNewAlerts()
}
