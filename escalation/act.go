package escalation

import (
	"fmt"
	"slices"
	"time"

	"opsbot/messages"
)

// ActionKind is what a person does about an incident.
type ActionKind string

// The kinds of action.
const (
	Ack             ActionKind = "ack"
	Escalate        ActionKind = "escalate"
	Assign          ActionKind = "assign"
	Handoff         ActionKind = "handoff"
	Working         ActionKind = "working"
	Diagnosed       ActionKind = "diagnosed"
	MarkResolved    ActionKind = "resolve"
	Reopen          ActionKind = "reopen"
	Note            ActionKind = "note"
	SetSeverity     ActionKind = "severity"
	Record          ActionKind = "record"
	ClosePostmortem ActionKind = "postmortem"
	QuoteMessage    ActionKind = "quote"
	WithdrawQuote   ActionKind = "withdraw"
	AddFollowUp     ActionKind = "follow up"
	FinishFollowUp  ActionKind = "finish follow-up"
	SetUpdate       ActionKind = "update"
)

// Action is one thing that a person does about an incident.
type Action struct {
	Kind ActionKind
	// Actor is the Slack user id of the person, or the contact id of somebody who is not in Slack.
	Actor string
	// Page is the PageID of the page that is answered, for an Ack from outside Slack.
	Page string
	// Assignee is the Slack user id of the new owner, for Assign and Handoff.
	Assignee string
	// Severity is for SetSeverity.
	Severity Severity
	// Text is what to write down: for Note, Record and SetUpdate (a literal) required, for Diagnosed the cause and for
	// Handoff a note, if the person says it.
	Text messages.Text
	// Entry and InThread tell how Record writes it down. A command's answer is in the thread already.
	Entry    EntryKind
	InThread bool
	// Quote is for QuoteMessage and, of it the Message, for WithdrawQuote.
	Quote Quote
	// FollowUp is what AddFollowUp adds (Text, Owner, DueAt), or its Number for FinishFollowUp.
	FollowUp FollowUp
}

// Act does what a person asks for. The error is a *Refusal when it makes no sense in the incident's state. The change
// is empty when it is done already (a second press of the same button).
func Act(policy Policy, directory Directory, inc Incident, pages []Page, a Action, now time.Time) (Change, error) {
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

// writeDown takes in what changes nothing about the response, but stands in reports.
func (d *decision) writeDown(a Action) error {
	switch a.Kind {
	case Note:
		d.say(EntryNote, a.Actor, messages.New("escalation.entry.note", "user", messages.User(a.Actor), "note", a.Text))
		d.active()
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
		return fmt.Errorf("unknown action %q on %s", a.Kind, Label(d.inc.Number))
	}
}

func (d *decision) ack(a Action) error {
	if err := d.answer(a.Page); err != nil {
		return err
	}
	switch {
	case d.inc.Status == Resolved:
		return refuse(messages.New("escalation.refused.resolved", "incident", Label(d.inc.Number)))
	case d.inc.Owner == a.Actor && a.Page != "":
		return d.working(a) // the answer to a reminder
	case d.inc.Owner == a.Actor:
		return nil
	case d.inc.HandoffTo != "" && d.inc.HandoffTo == a.Actor:
		d.accept(a.Actor)
		return nil
	case d.inc.Owner != "":
		return refuse(messages.New("escalation.refused.acked", "incident", Label(d.inc.Number), "user", messages.User(d.inc.Owner)))
	}
	d.own(a.Actor)
	d.say(EntryAction, a.Actor, messages.New("escalation.entry.acked",
		"user", messages.User(a.Actor), "after", d.sinceOpening()))
	return nil
}

// own makes user the owner and answers the pages. The clock goes on to the diagnosis.
func (d *decision) own(user string) {
	d.inc.Owner, d.inc.LastActivity = user, d.now
	d.inc.HandoffTo, d.inc.HandoffUntil = "", time.Time{}
	d.watchShift()
	d.inc.News, d.inc.NewsAt = 0, time.Time{}
	if d.inc.AckedAt.IsZero() {
		d.inc.AckedAt = d.now
	}
	if d.inc.Status == Open {
		d.inc.Status = Acknowledged
	}
	if d.inc.Stage == Respond {
		d.enter(Diagnose)
	}
	d.settle(user)
}

// escalateGap is within which two requests for more help are one: somebody pressed twice, or two people at once.
const escalateGap = 10 * time.Second

func (d *decision) escalate(a Action) error {
	if err := d.mustBeActive(); err != nil {
		return err
	}
	isJustNow := func(p Page) bool { return p.Reason == ReasonEscalated && d.now.Sub(p.IntendedAt) < escalateGap }
	if slices.ContainsFunc(d.pages, isJustNow) {
		return nil
	}
	d.say(EntryAction, a.Actor, messages.New("escalation.entry.escalated", "user", messages.User(a.Actor)))
	d.inc.LastActivity = d.now
	if d.inc.Owner != "" {
		d.inc.Rung = max(d.inc.Rung, 1) // the owner knows
	}
	if rungs := d.policy.ladder(d.directory, d.inc, d.now); len(rungs) > 0 {
		d.inc.Rung = min(d.inc.Rung, rungs[len(rungs)-1].index)
	}
	d.climb(ReasonEscalated)
	return nil
}

func (d *decision) assign(a Action) error {
	switch {
	case d.inc.Status == Resolved:
		return refuse(messages.New("escalation.refused.resolved", "incident", Label(d.inc.Number)))
	case !slackUserForm.MatchString(a.Assignee):
		return refuse(messages.New("escalation.refused.assignee", "assignee", messages.Code(shorten(a.Assignee, 40))))
	case a.Assignee == d.inc.Owner:
		return nil
	}
	d.own(a.Assignee)
	d.active()
	d.say(EntryAction, a.Actor, messages.New("escalation.entry.assigned",
		"user", messages.User(a.Actor), "assignee", messages.User(a.Assignee)))
	if a.Assignee != a.Actor {
		d.page(Owner, []Contact{d.directory.person(a.Assignee)}, ReasonAssigned, 1)
	}
	return nil
}

// working is a person's word that the incident is not forgotten, which moves the reminders.
func (d *decision) working(a Action) error {
	if d.inc.Owner == "" {
		return d.ack(a)
	}
	if err := d.mustBeActive(); err != nil {
		return err
	}
	if d.inc.HandoffTo == "" {
		d.settle(a.Actor)
	}
	d.active()
	d.say(EntryAction, a.Actor, messages.New("escalation.entry.working", "user", messages.User(a.Actor)))
	return nil
}

func (d *decision) diagnosed(a Action) error {
	if err := d.mustBeActive(); err != nil {
		return err
	}
	if !d.inc.DiagnosedAt.IsZero() && a.Text.IsZero() {
		return nil
	}
	if d.inc.Owner == "" {
		d.own(a.Actor)
	}
	d.inc.DiagnosedAt = d.now
	d.enter(Resolve)
	d.active()
	if a.Text.IsZero() {
		d.say(EntryAction, a.Actor, messages.New("escalation.entry.diagnosed", "user", messages.User(a.Actor), "after", d.sinceOpening()))
		return nil
	}
	d.say(EntryAction, a.Actor, messages.New("escalation.entry.diagnosed_cause",
		"user", messages.User(a.Actor), "after", d.sinceOpening(), "cause", a.Text))
	return nil
}

func (d *decision) reopen(a Action) error {
	if d.inc.Status != Quiet && d.inc.Status != Resolved {
		return refuse(messages.New("escalation.refused.open", "incident", Label(d.inc.Number)))
	}
	d.inc.Status, d.inc.ReopenedAt = Acknowledged, d.now
	d.inc.QuietAt, d.inc.ResolvedAt, d.inc.ClosedAt = time.Time{}, time.Time{}, time.Time{}
	d.inc.DoubtedAt = time.Time{}
	d.change.Groups = append(d.change.Groups, d.inc.GroupKey)
	if d.inc.Owner == "" {
		d.own(a.Actor)
	}
	if d.inc.DiagnosedAt.IsZero() {
		d.enter(Diagnose)
	} else {
		d.enter(Resolve)
	}
	d.active()
	d.say(EntryAction, a.Actor, messages.New("escalation.entry.reopened", "user", messages.User(a.Actor)))
	return nil
}

func (d *decision) setSeverity(a Action) error {
	if d.inc.SeverityFixed && d.inc.Severity == a.Severity {
		return nil
	}
	was := d.inc.Severity
	d.inc.Severity, d.inc.SeverityFixed = a.Severity, true
	d.active()
	d.say(EntryAction, a.Actor, messages.New("escalation.entry.severity",
		"user", messages.User(a.Actor), "from", was.Text(), "to", a.Severity.Text()))
	d.reclock(was)
	return nil
}

func (d *decision) closePostmortem(a Action) error {
	switch {
	case d.inc.Status != Resolved:
		return refuse(messages.New("escalation.refused.not_resolved", "incident", Label(d.inc.Number)))
	case d.inc.Stage == Done:
		return nil
	}
	d.inc.Stage, d.inc.ClosedAt = Done, d.now
	d.inc.ClimbAt, d.inc.StageDueAt = time.Time{}, time.Time{}
	d.takeBack(time.Time{})
	d.refreshReminders()
	d.say(EntryAction, a.Actor, messages.New("escalation.entry.postmortem", "user", messages.User(a.Actor)))
	return nil
}

// recordAction writes down what happened in the incident: a command, an approval, a change in the cluster.
func (d *decision) recordAction(a Action) {
	if a.InThread {
		d.say(a.Entry, a.Actor, a.Text)
	} else {
		d.record(a.Entry, a.Actor, a.Text)
	}
	if a.Actor != "" {
		d.active()
	}
}

func (d *decision) mustBeActive() error {
	switch d.inc.Status {
	case Resolved:
		return refuse(messages.New("escalation.refused.resolved", "incident", Label(d.inc.Number)))
	case Quiet:
		return refuse(messages.New("escalation.refused.quiet", "incident", Label(d.inc.Number)))
	default:
		return nil
	}
}

func (d *decision) sinceOpening() time.Duration { return d.now.Sub(d.inc.OpenedAt).Round(time.Second) }
