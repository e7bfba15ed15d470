package escalation

import (
	"slices"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/internal/times"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// Observe takes in deliveries for one incident, at least one, in their order; but for a storm they are of one group. An
// incident with Version 0 is new: only its Number, and Storm, need to be set, and at least one alert must be firing. A
// resolved incident takes in nothing: its group opens a new one. pages is the incident's ledger. The change is empty, but for the journal rows, when everything in the
// deliveries is known already.
func Observe(policy Policy, directory oncall.Directory, inc incident.Incident, pages []incident.Page, deliveries []incident.Notification, now time.Time) Change {
	d, g := begin(policy, directory, inc, pages, now), incident.Deliveries(deliveries)
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
	d.noteFired(found)
	d.digest(found)
	switch firing := d.inc.Firing(); {
	case firing == 0 && (isNew || len(found.resolved) > 0):
		d.beginQuiet() // a new incident too: it was over before anybody could look at it
	case isNew:
		d.startLadder()
	case d.inc.Status == incident.Quiet && len(found.fired) > 0:
		d.reopenFired()
	case d.reschedule(was):
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

// noteFired takes note of what is new, which is what a storm lives on.
func (d *decision) noteFired(found merged) {
	if len(found.fired) == 0 {
		return
	}
	d.inc.LastFiredAt = d.now
	if d.inc.Storm {
		shareLabels(&d.inc, found.fired)
	}
}

// describe takes over what the last webhook says of the group as a whole. What opsbot found out itself says nothing.
func (d *decision) describe(g incident.Deliveries) {
	for _, n := range slices.Backward(g) {
		if !n.Repair {
			d.inc.Truncated, d.inc.ExternalURL = n.Truncated, n.ExternalURL
			return
		}
	}
}

// beginQuiet begins the quiet period. What was not sent to anybody yet need not be.
func (d *decision) beginQuiet() {
	d.inc.Status, d.inc.QuietAt = incident.Quiet, d.now
	d.inc.NextStepAt, d.inc.NotifyNewAt, d.inc.NewAlerts = time.Time{}, time.Time{}, 0
	d.cancelPages(time.Time{})
	d.post(incident.EntryAlert, "", messages.New("escalation.entry.all_resolved",
		"until", d.now.Add(d.policy.QuietPeriod), "period", d.policy.QuietPeriod))
}

// reopenFired reopens an incident that was quiet, in the same thread. Whoever owned it still does.
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
	// A flapping alert shares pages like any other news.
	d.inc.NextStepAt = times.Latest(d.now, d.inc.PagedAt.Add(d.policy.PageGap))
	if !d.inc.NextStepAt.After(d.now) {
		d.startLadder()
	}
}

// addNewAlerts tells whoever deals with the incident about more alerts: at once when they are worse, else at most every PageGap,
// and of a storm, in which there is always more, at the pace of reminders.
func (d *decision) addNewAlerts(count int, worse bool) {
	d.inc.NewAlerts += count
	at := d.nextNewAlertsAt()
	if worse {
		at = d.now
	}
	d.scheduleNewAlerts(at)
}

// nextNewAlertsAt is when the next page about news may come.
func (d *decision) nextNewAlertsAt() time.Time {
	gap := d.policy.PageGap
	if d.inc.Storm {
		gap = d.stage().Remind
	}
	return times.Latest(d.now, d.inc.PagedAt.Add(gap))
}

// scheduleNewAlerts pages about news at the given time or, where that is none of the severity's hours, when they begin.
func (d *decision) scheduleNewAlerts(at time.Time) {
	if at = d.hours().Next(at); at.After(d.now) {
		d.inc.NotifyNewAt = at
		return
	}
	d.pageNewAlerts()
}
