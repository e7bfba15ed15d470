package escalation

import (
	"slices"
	"time"

	"opsbot/messages"
)

// Outcome takes in what became of a page: PageDelivered, or PageFailed with the cause. pages is the incident's ledger
// and holds the page. When nobody of a rung could be reached, the next rung is due at once.
func Outcome(policy Policy, directory Directory, inc Incident, pages []Page, id string, state PageState, cause string, now time.Time) Change {
	i := slices.IndexFunc(pages, func(p Page) bool { return p.ID == id })
	if i < 0 {
		return Change{}
	}
	page := pages[i].Reached(state, cause, now)
	var (
		isFailure = state == PageFailed && page.State == PageFailed
		isUntold  = isFailure && page.ToldAt.IsZero()
		isCrossed = state == PageDelivered && (page.State == PageAcked || pages[i].State == PageCancelled)
	)
	// The outbox has written it down before it says so here, and it may say so twice.
	if page == pages[i] && !isUntold && !isCrossed {
		return Change{}
	}
	d := begin(policy, directory, inc, pages, now)
	if isFailure {
		page.ToldAt = d.now
	}
	d.update(i, page)
	switch {
	case isFailure:
		d.unreached(page)
	case isCrossed:
		d.refresh(i) // it crossed the ack, or the end, on its way: the message must not ask for anything any more
	}
	return d.finish()
}

// Reached is the page after the provider took it (PageDelivered) or refused it for good (PageFailed with the cause). A
// page that was cancelled while it was under way and arrived all the same has been answered by then.
func (p Page) Reached(state PageState, cause string, now time.Time) Page {
	switch {
	case state == PageFailed:
		p.Error = cause
		if p.State == PageIntended || p.State == PageAttempted {
			p.State = PageFailed
		}
	case p.State == PageCancelled && !p.AckedAt.IsZero():
		p.State = PageAcked
	case p.State == PageCancelled:
		p.State = PageDelivered
	case p.State == PageIntended || p.State == PageAttempted:
		p.State = PageDelivered
	}
	if p.AttemptedAt.IsZero() {
		p.AttemptedAt = now
	}
	if state == PageDelivered && p.ReceiptAt.IsZero() {
		p.ReceiptAt = now
	}
	return p
}

func (d *decision) unreached(failed Page) {
	name := failed.Contact
	if c, ok := d.directory.ByID(failed.Contact); ok {
		name = c.Name
	}
	d.say(EntryPage, "", messages.New("escalation.entry.page_failed", "who", name, "cause", shorten(failed.Error, 200)))
	sameRung := func(p Page) bool {
		return p.Stage == failed.Stage && p.Round == failed.Round && p.Rung == failed.Rung && p.Reason == failed.Reason
	}
	for _, p := range d.pages {
		if sameRung(p) && p.State != PageFailed {
			return
		}
	}
	// Only on the first way up: when every channel is broken, the pace of the ladder is fast enough.
	isCurrent := failed.Stage == d.inc.Stage && failed.Round == d.inc.Round && failed.Rung == d.inc.Rung-1
	if isCurrent && d.inc.Round == 0 && (d.inc.Status == Open || d.inc.Status == Acknowledged) {
		d.inc.ClimbAt = d.now
	}
}

// Attempted is the page once its message was handed to the provider.
func (p Page) Attempted(now time.Time) Page {
	if p.State == PageIntended {
		p.State = PageAttempted
	}
	if p.AttemptedAt.IsZero() {
		p.AttemptedAt = now
	}
	return p
}

// Over is the page as decided, given the row as stored: what delivery wrote since the decision was begun stays. A
// page that was to be cancelled but has arrived meanwhile is not cancelled.
func (p Page) Over(stored Page) Page {
	p.AttemptedAt = latest(p.AttemptedAt, stored.AttemptedAt)
	p.ReceiptAt = latest(p.ReceiptAt, stored.ReceiptAt)
	p.ToldAt = latest(p.ToldAt, stored.ToldAt)
	if p.Error == "" {
		p.Error = stored.Error
	}
	hasArrived, isFailed := stored.State == PageDelivered, stored.State == PageFailed
	switch {
	case p.State == PageCancelled && hasArrived && !p.AckedAt.IsZero():
		p.State = PageAcked
	case p.State == PageCancelled && (hasArrived || isFailed), p.State == PageAcked && isFailed:
		p.State = stored.State
	case p.State == PageIntended && stored.State != PageIntended:
		p.State = stored.State
	}
	return p
}
