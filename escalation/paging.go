package escalation

import (
	"time"

	"opsbot/messages"
)

// climb pages the next rung of the stage's ladder and decides when the one after it is due.
func (d *decision) climb(reason Reason) {
	stage := d.policy.Stages[d.inc.Stage]
	rungs := d.policy.ladder(d.directory, d.inc)
	if len(rungs) == 0 {
		d.nobody()
		return
	}
	if d.inc.Rung >= len(rungs) {
		d.inc.Rung, d.inc.Round = 0, d.inc.Round+1
	}
	wait := stage.Remind
	if d.inc.Round >= stage.Repeat {
		d.inc.Rung, wait = len(rungs)-1, stage.Nag
	}
	r := rungs[d.inc.Rung]
	d.page(r.role, r.contacts, reason)
	d.inc.Rung++
	d.inc.ClimbAt = d.now.Add(wait)
	if wait == 0 {
		d.inc.ClimbAt = time.Time{}
	}
}

// nobody says, once for each stage, that there is nobody to page, and looks again later: the contact table may change.
func (d *decision) nobody() {
	if d.inc.Round == 0 {
		d.say(EntryPage, "", messages.New("escalation.entry.nobody", "stage", d.inc.Stage.Text()))
	}
	d.inc.Round++
	d.inc.ClimbAt = d.now.Add(d.policy.Stages[d.inc.Stage].Remind)
}

// pageNews tells the owner, or while there is none the rung that was paged last, about the alerts since then.
func (d *decision) pageNews() {
	role, contacts := Owner, d.directory.rungOf(Owner, d.inc)
	if len(contacts) == 0 {
		rungs := d.policy.ladder(d.directory, d.inc)
		if len(rungs) == 0 {
			d.inc.News, d.inc.NewsAt = 0, time.Time{}
			return
		}
		last := rungs[min(max(d.inc.Rung-1, 0), len(rungs)-1)]
		role, contacts = last.role, last.contacts
	}
	d.page(role, contacts, ReasonNews)
}

// page adds one row of the ledger and one direct message for each contact, and mentions them in the thread. Whatever
// the reason, the people now know of all alerts so far.
func (d *decision) page(role Role, contacts []Contact, reason Reason) {
	if role == Routed {
		role = d.inc.Role
	}
	d.inc.PagedAt, d.inc.News, d.inc.NewsAt = d.now, 0, time.Time{}
	for _, c := range contacts {
		d.inc.Pages++
		p := Page{
			ID: PageID(d.inc.Number, d.inc.Pages), Incident: d.inc.Number, Contact: c.ID, Role: role,
			Via: "slack", Address: c.Slack, Stage: d.inc.Stage, Rung: d.inc.Rung, Round: d.inc.Round, Reason: reason,
			State: PageIntended, IntendedAt: d.now,
		}
		d.change.Pages = append(d.change.Pages, p)
		d.send(pageMessage(d.policy, d.inc, p))
	}
	d.sayIn(messages.LanePage, EntryPage, "", messages.New("escalation.entry.paged",
		"who", mentions(contacts), "role", role.Text(), "reason", reason.Text()))
}

// settle marks the pages as answered: what was delivered counts as acked, what is still queued is cancelled.
func (d *decision) settle() {
	d.cancelQueued(d.now)
	for _, p := range d.pages {
		if p.State != PageDelivered && p.State != PageAttempted {
			continue
		}
		p.State, p.AckedAt = PageAcked, d.now
		d.change.Pages = append(d.change.Pages, p)
		d.send(pageMessage(d.policy, d.inc, p))
	}
}

// cancelQueued keeps what was not sent yet from being sent. ackedAt is zero when it is not a person who made it needless.
func (d *decision) cancelQueued(ackedAt time.Time) {
	for _, p := range d.pages {
		if p.State == PageIntended {
			p.State, p.AckedAt = PageCancelled, ackedAt
			d.change.Pages = append(d.change.Pages, p)
			d.change.CancelMessages = append(d.change.CancelMessages, PageKey(p.ID))
		}
	}
}

func pageMessage(policy Policy, inc Incident, p Page) messages.Outbound {
	return messages.Outbound{
		Key: PageKey(p.ID), Lane: messages.LanePage, Channel: p.Address, PageID: p.ID, Card: pageCard(inc, p),
	}
}

func mentions(contacts []Contact) messages.Text {
	var all messages.Text
	for i, c := range contacts {
		one := messages.New("escalation.mention", "user", messages.User(c.Slack))
		if i == 0 {
			all = one
			continue
		}
		all = messages.New("escalation.mentions", "some", all, "another", one)
	}
	return all
}
