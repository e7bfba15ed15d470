package escalation

import (
	"slices"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

func (d *decision) ack(a Action) error {
	if err := d.answer(a.Page); err != nil {
		return err
	}
	switch {
	case d.inc.Status == incident.Resolved:
		return refuse(messages.New("escalation.refused.resolved", "incident", incident.Label(d.inc.Number)))
	case d.inc.Owner == a.Actor && a.Page != "":
		return d.working(a) // the answer to a reminder
	case d.inc.Owner == a.Actor:
		return nil
	case d.inc.HandoffTo != "" && d.inc.HandoffTo == a.Actor:
		d.accept(a.Actor)
		return nil
	case d.inc.Owner != "":
		return refuse(messages.New("escalation.refused.acked", "incident", incident.Label(d.inc.Number), "user", messages.User(d.inc.Owner)))
	}
	d.setOwner(a.Actor)
	d.post(incident.EntryAction, a.Actor, messages.New("escalation.entry.acked",
		"user", messages.User(a.Actor), "after", d.sinceOpening()))
	return nil
}

// answer marks the page as answered outside Slack. Whoever answers has received it, whatever the provider said. A page can
// be answered only once, because its link stays in a mailbox for ever.
func (d *decision) answer(id string) error {
	if id == "" {
		return nil
	}
	i := slices.IndexFunc(d.pages, func(p incident.Page) bool { return p.ID == id })
	if i < 0 {
		return refuse(messages.New("escalation.refused.no_page", "incident", incident.Label(d.inc.Number)))
	}
	p := d.pages[i]
	if !p.AnsweredAt.IsZero() {
		return refuse(messages.New("escalation.refused.answered", "incident", incident.Label(d.inc.Number)))
	}
	if p.State == incident.PageFailed {
		p.State = incident.PageAttempted
	}
	p = p.WithOutcome(incident.PageDelivered, p.Receipt, d.now)
	p.AnsweredAt = d.now
	d.update(i, p)
	return nil
}

// setOwner makes user the owner and marks the pages as answered. The diagnosis is the next stage.
func (d *decision) setOwner(user string) {
	d.inc.Owner, d.inc.LastActivity = user, d.now
	d.inc.HandoffTo, d.inc.HandoffUntil = "", time.Time{}
	d.noteShiftEnd()
	d.inc.NewAlerts, d.inc.NotifyNewAt = 0, time.Time{}
	if d.inc.AckedAt.IsZero() {
		d.inc.AckedAt = d.now
	}
	if d.inc.Status == incident.Open {
		d.inc.Status = incident.Acknowledged
	}
	if d.inc.Stage == incident.Respond {
		d.setStage(incident.Diagnose)
	}
	d.answerPages(user)
}

func (d *decision) assign(a Action) error {
	switch {
	case d.inc.Status == incident.Resolved:
		return refuse(messages.New("escalation.refused.resolved", "incident", incident.Label(d.inc.Number)))
	case !oncall.IsSlackUser(a.Assignee):
		return refuse(messages.New("escalation.refused.assignee", "assignee", messages.Code(messages.Shorten(a.Assignee, 40))))
	case a.Assignee == d.inc.Owner:
		return nil
	}
	d.setOwner(a.Assignee)
	d.noteActivity()
	d.post(incident.EntryAction, a.Actor, messages.New("escalation.entry.assigned",
		"user", messages.User(a.Actor), "assignee", messages.User(a.Assignee)))
	if a.Assignee != a.Actor {
		d.page(oncall.Owner, []oncall.Contact{d.directory.Person(a.Assignee)}, incident.ReasonAssigned, 1)
	}
	return nil
}

// working is for a person who says that they are working on the incident. It postpones the reminders.
func (d *decision) working(a Action) error {
	if d.inc.Owner == "" {
		return d.ack(a)
	}
	if err := d.mustBeActive(); err != nil {
		return err
	}
	if d.inc.HandoffTo == "" {
		d.answerPages(a.Actor)
	}
	d.noteActivity()
	d.post(incident.EntryAction, a.Actor, messages.New("escalation.entry.working", "user", messages.User(a.Actor)))
	return nil
}

func (d *decision) mustBeActive() error {
	switch d.inc.Status {
	case incident.Resolved:
		return refuse(messages.New("escalation.refused.resolved", "incident", incident.Label(d.inc.Number)))
	case incident.Quiet:
		return refuse(messages.New("escalation.refused.quiet", "incident", incident.Label(d.inc.Number)))
	default:
		return nil
	}
}
