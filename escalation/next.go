package escalation

import (
	"time"

	"opsbot/escalation/cards"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// Next does what is due at now: pages the next step of a stage that is overdue, ends a quiet period, tells about
// alerts that were held back, reminds of follow-ups. The change is empty when nothing is due; afterwards DueAt is after now, or zero.
func Next(policy Policy, directory oncall.Directory, inc incident.Incident, pages []incident.Page, now time.Time) Change {
	if inc.DueAt.IsZero() || inc.DueAt.After(now) {
		return Change{}
	}
	d := begin(policy, directory, inc, pages, now)
	d.expirePages()
	d.remindFollowUps()
	if inc.Status == incident.Quiet {
		d.endQuiet()
	}
	if d.inc.Status != incident.Quiet {
		d.endShiftAndHandoff()
		d.remind()
	}
	return d.finish()
}

// endQuiet ends the quiet period once it is over.
func (d *decision) endQuiet() {
	switch {
	case !due(d.inc.QuietAt.Add(d.policy.QuietPeriod), d.now):
	case d.inc.Firing() > 0:
		d.stillFiring()
	default:
		d.close("", d.inc.QuietAt)
	}
}

// endShiftAndHandoff says what happens to the owner without anybody doing it.
func (d *decision) endShiftAndHandoff() {
	if d.inc.Status == incident.Resolved {
		return
	}
	if due(d.inc.ShiftEndsAt, d.now) {
		d.endShift()
	}
	if due(d.inc.HandoffUntil, d.now) {
		d.expireHandoff()
	}
}

// remind pages whoever is to be paged now. What could not be done in its working hours waits for the next.
func (d *decision) remind() {
	switch {
	case !due(d.inc.NextStepAt, d.now):
	case d.inc.Stage == incident.Respond && d.isLadderNew():
		d.startLadder()
	case !d.deferToHours():
		d.overdue()
	}
	if due(d.inc.NotifyNewAt, d.now) {
		d.scheduleNewAlerts(d.now)
	}
}

// overdue climbs the ladder. Who never said what the cause is has at least to resolve in time.
func (d *decision) overdue() {
	if d.inc.Stage == incident.Diagnose && !d.policy.deadline(d.inc, incident.Resolve).After(d.now) {
		d.setStage(incident.Resolve)
	}
	isLate, isFirst := !d.inc.StageDueAt.After(d.now), d.isLadderNew()
	switch {
	case !isLate && d.inc.Status == incident.Acknowledged:
		if isFirst {
			d.appendEntry(incident.EntryStage, "", messages.New("escalation.entry.forgotten", "since", d.inc.LastActivity))
		}
		d.pageNextStep(incident.ReasonForgotten)
		return
	case d.inc.Stage != incident.Respond && (isFirst || d.inc.PagedAt.Before(d.inc.StageDueAt)):
		d.appendEntry(incident.EntryStage, "", messages.New("escalation.entry.overdue", "stage", d.inc.Stage.Text(), "due", d.inc.StageDueAt))
	}
	d.pageNextStep(incident.ReasonDeadline)
}

// stillFiring reopens an incident that a person resolved although its alerts fired, and as far as is known they still do.
func (d *decision) stillFiring() {
	d.inc.QuietAt = time.Time{}
	d.inc.Status = incident.Acknowledged
	if d.inc.DoubtedAt.IsZero() {
		d.post(incident.EntryStage, "", messages.New("escalation.entry.still_firing", "count", d.inc.Firing()))
	} else {
		d.post(incident.EntryStage, "", messages.New("escalation.entry.not_heard", "count", d.inc.Firing()))
	}
	d.setStage(incident.Resolve)
	d.addNewAlerts(d.inc.Firing(), false)
}

// close resolves the incident as of at, which starts the postmortem's clock. actor is "" when the quiet period ended.
func (d *decision) close(actor string, at time.Time) {
	took, within := d.end(at)
	if actor == "" {
		d.post(incident.EntryStage, "", messages.New("escalation.entry.resolved", "took", took, "within", within), d.askForPostmortem()...)
		return
	}
	d.post(incident.EntryAction, actor, messages.New("escalation.entry.resolved_by", "user", messages.User(actor), "took", took, "within", within),
		d.askForPostmortem()...)
}

// end makes the incident a resolved one, and returns how long it took and how long there is for the postmortem.
func (d *decision) end(at time.Time) (took, within time.Duration) {
	d.inc.Status, d.inc.ResolvedAt = incident.Resolved, at
	if !d.inc.SeverityFixed {
		d.inc.Severity = worstOf(d.inc) // of a critical incident that calmed down by degrees, the report is not one of a trifle
	}
	d.inc.NotifyNewAt, d.inc.NewAlerts, d.inc.DoubtedAt = time.Time{}, 0, time.Time{}
	d.endHandoff()
	d.setStage(incident.Postmortem)
	d.inc.NextStepAt = d.inc.StageDueAt // nobody did anything just now that would earn them a later reminder
	d.refreshPages()
	return at.Sub(d.inc.OpenedAt).Round(time.Second), d.policy.Stage(d.inc.Severity, incident.Postmortem).Deadline
}

// refreshPages takes the buttons off the direct messages of an incident that is over.
func (d *decision) refreshPages() {
	for i, p := range d.pages {
		if p.State == incident.PageDelivered {
			d.refresh(i)
		}
	}
}

// refreshReminders takes the buttons off the direct messages that asked for the postmortem.
func (d *decision) refreshReminders() {
	for i, p := range d.pages {
		if p.Stage == incident.Postmortem && p.State == incident.PageDelivered {
			d.refresh(i)
		}
	}
}

// askForPostmortem is what stands below the words that an incident is over: whose the postmortem is, and how to begin it.
func (d *decision) askForPostmortem() []messages.Section {
	asked := messages.New("escalation.draft.asked_role", "role", d.inc.Role.Text(), "due", messages.Date(d.inc.StageDueAt), "incident", incident.Label(d.inc.Number))
	if d.inc.Owner != "" {
		asked = messages.New("escalation.draft.asked", "user", messages.User(d.inc.Owner), "due", messages.Date(d.inc.StageDueAt), "incident", incident.Label(d.inc.Number))
	}
	return []messages.Section{messages.Paragraph(asked), {Actions: []messages.Action{cards.DraftButton(d.inc)}}}
}

func due(at, now time.Time) bool { return !at.IsZero() && !at.After(now) }
