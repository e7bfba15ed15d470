package escalation

import (
	"slices"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/internal/times"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// tryNextChannel pages the person on the next channel after a page failed. ok is false when no channel is left, when it was
// done before, or when the page is no longer needed.
func (d *decision) tryNextChannel(from incident.Page) (incident.Page, bool) {
	via, ok := d.nextChannel(from)
	if !ok || !d.isWanted(from) || d.hasFollower(from) {
		return incident.Page{}, false
	}
	c, _ := d.directory.ByID(from.Contact)
	return d.addPage(c, incident.Page{
		Contact: from.Contact, Role: from.Role, Via: via, Stage: from.Stage, Step: from.Step, Repeat: from.Repeat, Reason: from.Reason,
		Batch: from.Batch, After: from.ID,
	}), true
}

// nextChannel is the person's first channel on which the batch has no page yet.
func (d *decision) nextChannel(from incident.Page) (oncall.Via, bool) {
	c, ok := d.directory.ByID(from.Contact)
	if !ok {
		return "", false // somebody outside the contact table has no other channel
	}
	for _, via := range c.Channels() {
		isTried := func(p incident.Page) bool { return p.SameBatch(from) && p.Contact == from.Contact && p.Via == via }
		if !slices.ContainsFunc(d.pages, isTried) {
			return via, true
		}
	}
	return "", false
}

// isWanted reports whether the page is still needed: neither answered nor cancelled.
func (d *decision) isWanted(p incident.Page) bool { return p.Number() > d.inc.Settled }

func (d *decision) hasFollower(from incident.Page) bool {
	return slices.ContainsFunc(d.pages, func(p incident.Page) bool { return p.After == from.ID })
}

// expirePages tries the next channel for pages that have been under way for too long.
func (d *decision) expirePages() {
	for _, p := range slices.Clone(d.pages) {
		if !d.mayExpire(p) || p.Until.After(d.now) {
			continue
		}
		next, ok := d.tryNextChannel(p)
		if !ok {
			continue
		}
		c, _ := d.directory.ByID(p.Contact)
		d.post(incident.EntryPage, "", messages.New("escalation.entry.page_late",
			"who", c.Name, "via", p.Via.Text(), "after", d.now.Sub(p.IntendedAt).Round(time.Second), "next", next.Via.Text()))
	}
}

// nextExpiry is when the next page will have been under way for too long; zero if none will.
func (d *decision) nextExpiry() time.Time {
	var at time.Time
	for _, p := range d.pages {
		if d.mayExpire(p) {
			at = times.Earliest(at, p.Until)
		}
	}
	return at
}

func (d *decision) mayExpire(p incident.Page) bool {
	if !p.IsUnderWay() || !p.ReceiptAt.IsZero() || p.Until.IsZero() || !d.isWanted(p) || d.hasFollower(p) {
		return false
	}
	_, ok := d.nextChannel(p)
	return ok
}
