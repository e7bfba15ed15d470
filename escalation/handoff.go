package escalation

import (
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// handoff asks somebody to take the incident over. The owner stays the owner until the other person accepts, so that nobody
// becomes the owner while asleep. assign takes effect at once.
func (d *decision) handoff(a Action) error {
	if err := d.mustBeActive(); err != nil {
		return err
	}
	switch {
	case d.inc.Owner == "":
		return refuse(messages.New("escalation.refused.no_owner", "incident", incident.Label(d.inc.Number)))
	case !oncall.IsSlackUser(a.Assignee):
		return refuse(messages.New("escalation.refused.assignee", "assignee", messages.Code(messages.Shorten(a.Assignee, 40))))
	case a.Assignee == d.inc.Owner:
		return refuse(messages.New("escalation.refused.handoff_owner", "incident", incident.Label(d.inc.Number), "user", messages.User(a.Assignee)))
	case a.Assignee == d.inc.HandoffTo:
		return nil
	}
	d.endHandoff()
	d.noteActivity()
	// They have as much time as anybody who is paged has to respond.
	d.inc.HandoffTo, d.inc.HandoffUntil = a.Assignee, d.now.Add(d.policy.Stage(d.inc.Severity, incident.Respond).Deadline)
	d.post(incident.EntryAction, a.Actor, d.handoffText(a))
	d.call(oncall.Owner, []oncall.Contact{d.directory.Person(a.Assignee)}, incident.ReasonHandoff, 1)
	return nil
}

func (d *decision) handoffText(a Action) messages.Text {
	user, to, owner := messages.User(a.Actor), messages.User(a.Assignee), messages.User(d.inc.Owner)
	if a.Text.IsZero() {
		return messages.New("escalation.entry.handoff", "user", user, "to", to, "owner", owner, "until", d.inc.HandoffUntil)
	}
	return messages.New("escalation.entry.handoff_note", "user", user, "to", to, "owner", owner, "until", d.inc.HandoffUntil, "note", a.Text)
}

// accept makes the person who was asked the owner.
func (d *decision) accept(by string) {
	was := d.inc.Owner
	d.setOwner(by)
	d.noteActivity()
	d.post(incident.EntryAction, by, messages.New("escalation.entry.handoff_accepted", "user", messages.User(by), "owner", messages.User(was)))
}

// expireHandoff tells the owner that nobody has taken over.
func (d *decision) expireHandoff() {
	d.post(incident.EntryAction, "", messages.New("escalation.entry.handoff_lapsed", "to", messages.User(d.inc.HandoffTo), "owner", messages.User(d.inc.Owner)))
	d.endHandoff()
	d.call(oncall.Owner, contactsOf(d.directory, oncall.Owner, d.inc, d.now), incident.ReasonKept, 1)
}

// endHandoff withdraws the request: pages that have not arrived are cancelled, and those that have lose their buttons.
func (d *decision) endHandoff() {
	if d.inc.HandoffTo == "" {
		return
	}
	d.inc.HandoffTo, d.inc.HandoffUntil = "", time.Time{}
	for i, p := range d.pages {
		switch {
		case p.Reason != incident.ReasonHandoff:
		case p.IsUnsent():
			d.cancel(i, time.Time{})
		default:
			d.refresh(i)
		}
	}
}
