package escalation

import (
	"slices"
	"time"

	"opsbot/escalation/cards"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// page adds a row to the ledger for each of the contacts' first channels, and mentions the contacts in the thread. Whatever the
// reason, they now know of all alerts so far.
func (d *decision) page(role oncall.Role, contacts []oncall.Contact, reason incident.Reason, channels int) {
	d.inc.PagedAt, d.inc.NewAlerts, d.inc.NotifyNewAt = d.now, 0, time.Time{}
	d.call(role, contacts, reason, channels)
}

// call is page for people who do not deal with the incident yet. Those who do still have to hear of new alerts.
func (d *decision) call(role oncall.Role, contacts []oncall.Contact, reason incident.Reason, channels int) {
	if role == oncall.Routed {
		role = d.inc.Role
	}
	batch := d.inc.Pages + 1
	for _, c := range contacts {
		ways := c.Channels()
		for _, via := range ways[:min(channels, len(ways))] {
			d.addPage(c, incident.Page{
				Contact: c.ID, Role: role, Via: via, Stage: d.inc.Stage, Step: d.inc.Step, Repeat: d.inc.Repeat, Reason: reason, Batch: batch,
			})
		}
	}
	d.postIn(messages.LanePage, incident.EntryPage, "", messages.New("escalation.entry.paged",
		"who", mentions(contacts, channels), "role", role.Text(), "reason", reason.Text()))
}

// addPage completes a row of the ledger. A page over Slack is also a message in the outbox. Workers take the others from the
// ledger.
func (d *decision) addPage(c oncall.Contact, p incident.Page) incident.Page {
	d.inc.Pages++
	p.ID, p.Incident, p.Address = incident.PageID(d.inc.Number, d.inc.Pages), d.inc.Number, c.Address(p.Via)
	p.State, p.IntendedAt = incident.PageIntended, d.now
	d.pages = append(d.pages, p)
	i := len(d.pages) - 1
	p.Until = d.now.Add(d.policy.LastPatience)
	if _, ok := d.nextChannel(p); ok {
		p.Until = d.now.Add(d.policy.PagePatience)
	}
	d.update(i, p)
	if p.Via == oncall.ViaSlack {
		d.send(pageMessage(d.inc, p))
	}
	return p
}

// answerPages marks the delivered pages as acknowledged by somebody, and cancels the others.
func (d *decision) answerPages(by string) {
	d.cancelPages(d.now)
	for i, p := range d.pages {
		if p.State != incident.PageDelivered {
			continue
		}
		p.State, p.AckedAt, p.AckedBy = incident.PageAcked, d.now, by
		d.update(i, p)
		d.refresh(i)
	}
}

// cancelPages cancels the pages without a receipt, also those that are being sent: the attempt may have failed, and would be
// repeated much later. ackedAt is zero when no person reacted.
func (d *decision) cancelPages(ackedAt time.Time) {
	d.inc.Settled = d.inc.Pages
	for i, p := range d.pages {
		if p.IsUnsent() {
			d.cancel(i, ackedAt)
		}
	}
}

// cancel cancels the i-th page, which may not have been sent yet.
func (d *decision) cancel(i int, ackedAt time.Time) {
	p := d.pages[i]
	if p.State != incident.PageFailed {
		p.State, p.AckedAt = incident.PageCancelled, ackedAt
		d.update(i, p)
	}
	if p.Via == oncall.ViaSlack {
		d.change.CancelMessages = append(d.change.CancelMessages, incident.PageKey(p.ID))
	}
}

// update changes the i-th row of the ledger.
func (d *decision) update(i int, p incident.Page) {
	d.pages[i] = p
	d.change.Pages = append(d.change.Pages, p)
}

// refresh gives the i-th page a new card at the end of the decision. A page that is not in Slack yet is left alone, because a
// new card would send it. Pages on other channels cannot be changed.
func (d *decision) refresh(i int) {
	if d.pages[i].ReceiptAt.IsZero() || d.pages[i].Via != oncall.ViaSlack {
		return
	}
	if d.refreshed == nil {
		d.refreshed = map[int]bool{}
	}
	d.refreshed[i] = true
}

func pageMessage(inc incident.Incident, p incident.Page) messages.Outbound {
	return messages.Outbound{
		Key: incident.PageKey(p.ID), Lane: messages.LanePage, Channel: p.Address, PageID: p.ID, Card: cards.Page(inc, p),
	}
}

// mentions names the people, with their channels if these are more than Slack.
func mentions(contacts []oncall.Contact, channels int) messages.Text {
	var all messages.Text
	for i, c := range contacts {
		ways := c.Channels()
		one := named(c, ways[:min(channels, len(ways))])
		if i == 0 {
			all = one
			continue
		}
		all = messages.New("escalation.mentions", "some", all, "another", one)
	}
	return all
}

func named(c oncall.Contact, ways []oncall.Via) messages.Text {
	name := messages.Literal(c.Name)
	if c.Slack != "" {
		name = messages.New("escalation.mention", "user", messages.User(c.Slack))
	}
	if len(ways) == 0 || slices.Equal(ways, []oncall.Via{oncall.ViaSlack}) {
		return name
	}
	list := ways[0].Text()
	for _, via := range ways[1:] {
		list = messages.New("escalation.mentions", "some", list, "another", via.Text())
	}
	return messages.New("escalation.mention_via", "who", name, "via", list)
}
