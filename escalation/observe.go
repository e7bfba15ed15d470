package escalation

import (
	"slices"
	"time"

	"opsbot/messages"
)

// Observe takes in deliveries for one incident, at least one, in their order; but for a storm they are of one group. An
// incident with Version 0 is new: only its Number, and Storm, need to be set, and at least one alert must be firing. A
// resolved incident takes in nothing: its group opens a new one. pages is the incident's ledger. The change is empty, but for the journal rows, when everything in the
// deliveries is known already.
func Observe(policy Policy, directory Directory, inc Incident, pages []Page, deliveries []Notification, now time.Time) Change {
	d, g := begin(policy, directory, inc, pages, now), group(deliveries)
	d.change.Processed = g.journal()
	isNew := inc.Version == 0
	if isNew {
		d.open(g)
	}
	found := d.merge(g)
	isHeard := d.hear(g)
	d.describe(g)
	if !found.changed && !isHeard && inc.Truncated == d.inc.Truncated {
		return d.change
	}
	was := d.inc.Severity
	if !d.inc.SeverityFixed || found.worse {
		d.inc.Severity = worstFiring(d.inc)
	}
	d.feed(found)
	d.digest(found)
	switch firing := d.inc.firing(); {
	case firing == 0 && (isNew || len(found.resolved) > 0):
		d.quieten() // a new incident too: it was over before anybody could look at it
	case isNew:
		d.start()
	case d.inc.Status == Quiet && len(found.fired) > 0:
		d.refire()
	case d.reclock(was):
	case len(found.fired) > 0:
		d.news(len(found.fired), found.worse)
	}
	return d.finish()
}

// open fills a new incident.
func (d *decision) open(g group) {
	firing := g.firing()
	worst := worstFirst(firing)[0]
	d.inc.GroupKey, d.inc.Correlation = g.key(), d.policy.correlation(worst)
	if !d.inc.Storm {
		d.inc.Labels, d.inc.Title = g[0].Labels, titleOf(firing)
	}
	d.inc.Severity = worst.Severity()
	d.inc.Status, d.inc.Stage = Open, Respond
	d.inc.Role = d.policy.Routing.Role(worst.Labels)
	d.inc.Channel = d.policy.Channel
	d.inc.OpenedAt, d.inc.LastActivity = d.now, d.now
	d.inc.StageDueAt = d.policy.deadline(d.inc, Respond)
	d.record(EntryStage, "", messages.New("escalation.entry.opened",
		"severity", worst.Severity().Text(), "role", d.inc.Role.Text(), "count", len(firing)))
}

// feed takes note of what is new, which is what a storm lives on.
func (d *decision) feed(found news) {
	if len(found.fired) == 0 {
		return
	}
	d.inc.FedAt = d.now
	if d.inc.Storm {
		shareLabels(&d.inc, found.fired)
	}
}

// describe takes over what the last webhook says of the group as a whole. What opsbot found out itself says nothing.
func (d *decision) describe(g group) {
	for _, n := range slices.Backward(g) {
		if !n.Repair {
			d.inc.Truncated, d.inc.ExternalURL = n.Truncated, n.ExternalURL
			return
		}
	}
}

// quieten begins the quiet period. What was not sent to anybody yet need not be.
func (d *decision) quieten() {
	d.inc.Status, d.inc.QuietAt = Quiet, d.now
	d.inc.ClimbAt, d.inc.NewsAt, d.inc.News = time.Time{}, time.Time{}, 0
	d.takeBack(time.Time{})
	d.say(EntryAlert, "", messages.New("escalation.entry.all_resolved",
		"until", d.now.Add(d.policy.QuietPeriod), "period", d.policy.QuietPeriod))
}

// refire reopens an incident that was quiet, in the same thread. Whoever owned it still does.
func (d *decision) refire() {
	d.inc.QuietAt = time.Time{}
	d.say(EntryAlert, "", messages.New("escalation.entry.refired", "count", d.inc.firing()))
	if d.inc.Owner != "" {
		d.inc.Status = Acknowledged
		d.rest()
		d.news(d.inc.firing(), false)
		return
	}
	d.inc.Status, d.inc.ReopenedAt = Open, d.now
	d.enter(Respond)
	// A flapping alert shares pages like any other news.
	d.inc.ClimbAt = latest(d.now, d.inc.PagedAt.Add(d.policy.PageGap))
	if !d.inc.ClimbAt.After(d.now) {
		d.start()
	}
}

// news tells whoever deals with the incident about more alerts: at once when they are worse, else at most every PageGap,
// and of a storm, in which there is always more, at the pace of reminders.
func (d *decision) news(count int, worse bool) {
	d.inc.News += count
	at := d.newsFrom()
	if worse {
		at = d.now
	}
	d.tellNews(at)
}

// newsFrom is when the next page about news may come.
func (d *decision) newsFrom() time.Time {
	gap := d.policy.PageGap
	if d.inc.Storm {
		gap = d.stage().Remind
	}
	return latest(d.now, d.inc.PagedAt.Add(gap))
}

// tellNews pages about news at the given time or, where that is none of the severity's hours, when they begin.
func (d *decision) tellNews(at time.Time) {
	if at = d.hours().Next(at); at.After(d.now) {
		d.inc.NewsAt = at
		return
	}
	d.pageNews()
}
