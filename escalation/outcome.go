package escalation

import (
	"slices"
	"time"

	"opsbot/messages"
)

// Outcome takes in what became of a page: PageDelivered with the provider's receipt, or PageFailed with the cause. pages is
// the incident's ledger and holds the page. A person who was not reached is paged on the next channel; when nobody of a
// rung could be reached on any, the next rung is due at once.
func Outcome(policy Policy, directory Directory, inc Incident, pages []Page, id string, state PageState, detail string, now time.Time) Change {
	i := slices.IndexFunc(pages, func(p Page) bool { return p.ID == id })
	if i < 0 {
		return Change{}
	}
	page := pages[i].Reached(state, detail, now)
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

// outcomes are the pages of which the change writes down for the first time that they came to state; the same may be said twice.
func (c Change) outcomes(before []Page, state PageState) (news []Page) {
	noted := func(p Page) bool { return !p.ReceiptAt.IsZero() }
	if state == PageFailed {
		noted = func(p Page) bool { return !p.ToldAt.IsZero() }
	}
	for _, p := range c.Pages {
		i := slices.IndexFunc(before, func(b Page) bool { return b.ID == p.ID })
		if i >= 0 && noted(p) && !noted(before[i]) {
			news = append(news, p)
		}
	}
	return news
}

// Reached is the page after the provider took it (PageDelivered with its receipt) or refused it for good (PageFailed with the
// cause). A page that was cancelled while it was under way and arrived all the same has been answered by then. Telephone
// companies find out later: what Twilio took may fail all the same, because nobody picks up.
func (p Page) Reached(state PageState, detail string, now time.Time) Page {
	p.State = p.stateAfter(state)
	if state == PageFailed {
		p.Error = detail
	}
	if p.AttemptedAt.IsZero() {
		p.AttemptedAt = now
	}
	if state == PageDelivered && p.ReceiptAt.IsZero() {
		p.ReceiptAt, p.Receipt = now, detail
	}
	if p.State == PageDelivered || p.State == PageAcked {
		p.Error = "" // of an earlier try
	}
	return p
}

// stateAfter is the state after the provider's word.
func (p Page) stateAfter(word PageState) PageState {
	isByPhone := p.Via == ViaSMS || p.Via == ViaVoice
	switch {
	case word == PageFailed && (p.isUnderWay() || (isByPhone && p.State == PageDelivered)):
		return PageFailed
	case word == PageFailed:
		return p.State
	case p.State == PageCancelled && !p.AckedAt.IsZero():
		return PageAcked
	case p.State == PageCancelled || p.isUnderWay():
		return PageDelivered
	default:
		return p.State
	}
}

func (d *decision) unreached(failed Page) {
	name := failed.Contact
	if c, ok := d.directory.ByID(failed.Contact); ok {
		name = c.Name
	}
	if next, ok := d.moveOn(failed); ok {
		d.say(EntryPage, "", messages.New("escalation.entry.page_failed_next",
			"who", name, "via", failed.Via.Text(), "cause", shorten(failed.Error, 200), "next", next.Via.Text()))
		return
	}
	d.say(EntryPage, "", messages.New("escalation.entry.page_failed", "who", name, "cause", shorten(failed.Error, 200)))
	for _, p := range d.pages {
		if p.sameBatch(failed) && p.State != PageFailed {
			return
		}
	}
	if failed.Reason == ReasonHandoff && d.inc.HandoffTo != "" {
		d.inc.HandoffUntil = d.now // nobody can accept it
	}
	if d.isCurrentRung(failed) && (d.inc.Status == Open || d.inc.Status == Acknowledged) {
		d.inc.ClimbAt = d.now
	}
}

// isCurrentRung tells a page of the rung that the ladder stands on. It is asked only on the first way up: when every channel is
// broken, the pace of the ladder is fast enough.
func (d *decision) isCurrentRung(p Page) bool {
	if p.Reason == ReasonNews || p.Reason == ReasonHandoff || p.Reason == ReasonKept {
		return false // those are no rung
	}
	return d.inc.Round == 0 && p.Stage == d.inc.Stage && p.Round == d.inc.Round && p.Rung == d.inc.Rung-1
}

// ForCourier reports whether the page is to be sent by other means than Slack, as far as is known.
func (p Page) ForCourier() bool {
	return p.Via != ViaSlack && p.Via != "" && p.isUnderWay() && p.ReceiptAt.IsZero()
}

func (p Page) isUnderWay() bool { return p.State == PageIntended || p.State == PageAttempted }

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
	if p.Error == "" && p.State != PageDelivered && p.State != PageAcked {
		p.Error = stored.Error
	}
	if p.Receipt == "" {
		p.Receipt = stored.Receipt
	}
	hasArrived, isFailed := stored.State == PageDelivered, stored.State == PageFailed
	switch {
	case p.State == PageCancelled && hasArrived && !p.AckedAt.IsZero():
		p.State = PageAcked
	case p.State == PageCancelled && (hasArrived || isFailed), p.State == PageAcked && isFailed && p.AnsweredAt.IsZero():
		p.State, p.Error = stored.State, stored.Error
	case p.State == PageIntended && stored.State != PageIntended:
		p.State = stored.State
	}
	return p
}
