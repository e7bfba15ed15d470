package escalation

import (
	"time"

	"opsbot/escalation/cards"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// Next does what is due at now: it pages the next step of an overdue stage, ends a quiet period, pages about new alerts that
// had to wait, and reminds of follow-ups. The change is empty when nothing is due. Afterwards DueAt is after now, or zero.
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

// endShiftAndHandoff tells the owner that their shift has ended, or that nobody accepted the handoff.
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

// remind pages whoever is due to be paged. Outside working hours, incidents that may wait are deferred.
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

// overdue pages the next step of the ladder. When even the deadline to resolve is over, an undiagnosed incident moves to that
// stage.
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

// stillFiring reopens an incident that a person resolved while alerts fired, if they still fire as far as is known.
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

// close resolves the incident as of at, which starts the time for the postmortem. actor is "" when the quiet period ended.
func (d *decision) close(actor string, at time.Time) {
	took, within := d.end(at)
	if actor == "" {
		d.post(incident.EntryStage, "", messages.New("escalation.entry.resolved", "took", took, "within", within), d.askForPostmortem()...)
		return
	}
	d.post(incident.EntryAction, actor, messages.New("escalation.entry.resolved_by", "user", messages.User(actor), "took", took, "within", within),
		d.askForPostmortem()...)
}

// end sets the incident to resolved, and returns how long it took and how much time there is for the postmortem.
func (d *decision) end(at time.Time) (took, within time.Duration) {
	d.inc.Status, d.inc.ResolvedAt = incident.Resolved, at
	if !d.inc.SeverityFixed {
		d.inc.Severity = worstOf(d.inc) // the report goes by the worst severity, also when the incident became less severe before its end
	}
	d.inc.NotifyNewAt, d.inc.NewAlerts, d.inc.DoubtedAt = time.Time{}, 0, time.Time{}
	d.endHandoff()
	d.setStage(incident.Postmortem)
	d.inc.NextStepAt = d.inc.StageDueAt // the reminder interval does not put the first reminder off
	d.refreshPages()
	return at.Sub(d.inc.OpenedAt).Round(time.Second), d.policy.Stage(d.inc.Severity, incident.Postmortem).Deadline
}

// refreshPages removes the buttons from the direct messages of a resolved incident.
func (d *decision) refreshPages() {
	for i, p := range d.pages {
		if p.State == incident.PageDelivered {
			d.refresh(i)
		}
	}
}

// refreshReminders removes the buttons from the direct messages that asked for the postmortem.
func (d *decision) refreshReminders() {
	for i, p := range d.pages {
		if p.Stage == incident.Postmortem && p.State == incident.PageDelivered {
			d.refresh(i)
		}
	}
}

// askForPostmortem stands below the message that the incident is resolved: who writes the postmortem, and how to begin it.
func (d *decision) askForPostmortem() []messages.Section {
	asked := messages.New("escalation.draft.asked_role", "role", d.inc.Role.Text(), "due", messages.Date(d.inc.StageDueAt), "incident", incident.Label(d.inc.Number))
	if d.inc.Owner != "" {
		asked = messages.New("escalation.draft.asked", "user", messages.User(d.inc.Owner), "due", messages.Date(d.inc.StageDueAt), "incident", incident.Label(d.inc.Number))
	}
	return []messages.Section{messages.Paragraph(asked), {Actions: []messages.Action{cards.DraftButton(d.inc)}}}
}

func due(at, now time.Time) bool { return !at.IsZero() && !at.After(now) }
