package escalation

import (
	"time"

	"opsbot/messages"
)

// climb pages the next rung of the stage's ladder and decides when the one after it is due.
func (d *decision) climb(reason Reason) {
	stage := d.policy.Stages[d.inc.Stage]
	rungs := d.policy.ladder(d.directory, d.inc, d.now)
	if len(rungs) == 0 {
		d.nobody()
		return
	}
	next := rungFrom(rungs, d.inc.Rung)
	if next < 0 {
		next, d.inc.Round = 0, d.inc.Round+1
	}
	wait := stage.Remind
	if d.inc.Round >= stage.Repeat {
		next, wait = len(rungs)-1, stage.Nag
	}
	r := rungs[next]
	d.inc.Rung = r.index
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
	role, contacts := Owner, d.directory.rungOf(Owner, d.inc, d.now)
	if len(contacts) == 0 {
		rungs := d.policy.ladder(d.directory, d.inc, d.now)
		if len(rungs) == 0 {
			d.inc.News, d.inc.NewsAt = 0, time.Time{}
			return
		}
		last := rungs[0]
		for _, r := range rungs {
			if r.index < d.inc.Rung {
				last = r
			}
		}
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
		d.send(pageMessage(d.inc, p))
	}
	d.sayIn(messages.LanePage, EntryPage, "", messages.New("escalation.entry.paged",
		"who", mentions(contacts), "role", role.Text(), "reason", reason.Text()))
}

// settle marks the pages as answered by a person: what was delivered counts as acked, and nothing else is sent any more.
func (d *decision) settle() {
	d.takeBack(d.now)
	for i, p := range d.pages {
		if p.State != PageDelivered {
			continue
		}
		p.State, p.AckedAt, p.AckedBy = PageAcked, d.now, d.inc.Owner
		d.update(i, p)
		d.refresh(i)
	}
}

// takeBack keeps the pages without a receipt from being sent, also those whose post was begun: it may have come to
// nothing, and be tried again much later. ackedAt is zero when it is not a person who made them needless.
func (d *decision) takeBack(ackedAt time.Time) {
	for i, p := range d.pages {
		if !p.isUnsent() {
			continue
		}
		if p.State != PageFailed {
			p.State, p.AckedAt = PageCancelled, ackedAt
			d.update(i, p)
		}
		d.change.CancelMessages = append(d.change.CancelMessages, PageKey(p.ID))
	}
}

// isUnsent reports whether the page may still go out and nobody knows that it has.
func (p Page) isUnsent() bool {
	switch p.State {
	case PageIntended, PageAttempted, PageFailed:
		return p.ReceiptAt.IsZero()
	default:
		return false
	}
}

// update changes the i-th row of the ledger.
func (d *decision) update(i int, p Page) {
	d.pages[i] = p
	d.change.Pages = append(d.change.Pages, p)
}

// refresh puts a new card on the i-th page when the decision is made. One that does not stand in Slack yet is left
// alone: a new card would send it.
func (d *decision) refresh(i int) {
	if d.pages[i].ReceiptAt.IsZero() {
		return
	}
	if d.refreshed == nil {
		d.refreshed = map[int]bool{}
	}
	d.refreshed[i] = true
}

func pageMessage(inc Incident, p Page) messages.Outbound {
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
