package escalation

import (
	"fmt"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// Act does what a person asks for. The error is a *Refusal when it makes no sense in the incident's state. The change
// is empty when it was done before (a second press of the same button).
func Act(policy Policy, directory oncall.Directory, inc incident.Incident, pages []incident.Page, a Action, now time.Time) (Change, error) {
	d := begin(policy, directory, inc, pages, now)
	if err := d.act(a); err != nil {
		return Change{}, err
	}
	if len(d.change.Entries) == 0 {
		return Change{}, nil
	}
	return d.finish(), nil
}

func (d *decision) act(a Action) error {
	switch a.Kind {
	case Ack:
		return d.ack(a)
	case Escalate:
		return d.escalate(a)
	case Assign:
		return d.assign(a)
	case Handoff:
		return d.handoff(a)
	case Working:
		return d.working(a)
	case Diagnosed:
		return d.diagnosed(a)
	case MarkResolved:
		return d.markResolved(a)
	case Reopen:
		return d.reopen(a)
	case SetSeverity:
		return d.setSeverity(a)
	case ClosePostmortem:
		return d.closePostmortem(a)
	default:
		return d.writeDown(a)
	}
}

// writeDown does the actions that only add to the record, and do not change the response.
func (d *decision) writeDown(a Action) error {
	switch a.Kind {
	case Note:
		d.post(incident.EntryNote, a.Actor, messages.New("escalation.entry.note", "user", messages.User(a.Actor), "note", a.Text))
		d.noteActivity()
		return nil
	case Record:
		d.recordAction(a)
		return nil
	case QuoteMessage:
		return d.quote(a)
	case WithdrawQuote:
		return d.withdraw(a)
	case AddFollowUp:
		return d.addFollowUp(a)
	case FinishFollowUp:
		return d.finishFollowUp(a)
	case SetUpdate:
		return d.setUpdate(a)
	default:
		return fmt.Errorf("unknown action %q on %s", a.Kind, incident.Label(d.inc.Number))
	}
}

func (d *decision) diagnosed(a Action) error {
	if err := d.mustBeActive(); err != nil {
		return err
	}
	if !d.inc.DiagnosedAt.IsZero() && a.Text.IsZero() {
		return nil
	}
	if d.inc.Owner == "" {
		d.setOwner(a.Actor)
	}
	d.inc.DiagnosedAt = d.now
	d.setStage(incident.Resolve)
	d.noteActivity()
	if a.Text.IsZero() {
		d.post(incident.EntryAction, a.Actor, messages.New("escalation.entry.diagnosed", "user", messages.User(a.Actor), "after", d.sinceOpening()))
		return nil
	}
	d.post(incident.EntryAction, a.Actor, messages.New("escalation.entry.diagnosed_cause",
		"user", messages.User(a.Actor), "after", d.sinceOpening(), "cause", a.Text))
	return nil
}

func (d *decision) reopen(a Action) error {
	if d.inc.Status != incident.Quiet && d.inc.Status != incident.Resolved {
		return refuse(messages.New("escalation.refused.open", "incident", incident.Label(d.inc.Number)))
	}
	d.inc.Status, d.inc.ReopenedAt = incident.Acknowledged, d.now
	d.inc.QuietAt, d.inc.ResolvedAt, d.inc.ClosedAt = time.Time{}, time.Time{}, time.Time{}
	d.inc.DoubtedAt = time.Time{}
	d.change.Groups = append(d.change.Groups, d.inc.GroupKey)
	if d.inc.Owner == "" {
		d.setOwner(a.Actor)
	}
	if d.inc.DiagnosedAt.IsZero() {
		d.setStage(incident.Diagnose)
	} else {
		d.setStage(incident.Resolve)
	}
	d.noteActivity()
	d.post(incident.EntryAction, a.Actor, messages.New("escalation.entry.reopened", "user", messages.User(a.Actor)))
	return nil
}

func (d *decision) setSeverity(a Action) error {
	if d.inc.SeverityFixed && d.inc.Severity == a.Severity {
		return nil
	}
	was := d.inc.Severity
	d.inc.Severity, d.inc.SeverityFixed = a.Severity, true
	wasUnclear := d.inc.SeverityUnclear
	d.inc.SeverityUnclear = false
	d.noteActivity()
	d.post(incident.EntryAction, a.Actor, messages.New("escalation.entry.severity",
		"user", messages.User(a.Actor), "from", was.Text(), "to", a.Severity.Text()))
	d.reschedule(was, wasUnclear)
	return nil
}

func (d *decision) closePostmortem(a Action) error {
	switch {
	case d.inc.Status != incident.Resolved:
		return refuse(messages.New("escalation.refused.not_resolved", "incident", incident.Label(d.inc.Number)))
	case d.inc.Stage == incident.Done:
		return nil
	}
	d.inc.Stage, d.inc.ClosedAt = incident.Done, d.now
	d.inc.NextStepAt, d.inc.StageDueAt = time.Time{}, time.Time{}
	d.cancelPages(time.Time{})
	d.refreshReminders()
	d.post(incident.EntryAction, a.Actor, messages.New("escalation.entry.postmortem", "user", messages.User(a.Actor)))
	return nil
}

// recordAction writes down what happened in the incident: a command, an approval, a change in the cluster.
func (d *decision) recordAction(a Action) {
	if a.InThread {
		d.post(a.Entry, a.Actor, a.Text)
	} else {
		d.appendEntry(a.Entry, a.Actor, a.Text)
	}
	if a.Actor != "" {
		d.noteActivity()
	}
}

func (d *decision) sinceOpening() time.Duration { return d.now.Sub(d.inc.OpenedAt).Round(time.Second) }
