package escalation

import (
	"slices"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// Outcome takes in what became of a page: PageDelivered with the provider's receipt, or PageFailed with the cause. pages is
// the incident's ledger and holds the page. A person who was not reached is paged on the next channel; when nobody of a
// step could be reached on any, the next step is due at once.
func Outcome(policy Policy, directory oncall.Directory, inc incident.Incident, pages []incident.Page, id string, state incident.PageState, detail string, now time.Time) Change {
	i := slices.IndexFunc(pages, func(p incident.Page) bool { return p.ID == id })
	if i < 0 {
		return Change{}
	}
	page := pages[i].WithOutcome(state, detail, now)
	var (
		isFailure = state == incident.PageFailed && page.State == incident.PageFailed
		isUntold  = isFailure && page.ToldAt.IsZero()
		isCrossed = state == incident.PageDelivered && (page.State == incident.PageAcked || pages[i].State == incident.PageCancelled)
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
		d.pageFailed(page)
	case isCrossed:
		d.refresh(i) // it crossed the ack, or the end, on its way: the message must not ask for anything any more
	}
	return d.finish()
}

func (d *decision) pageFailed(failed incident.Page) {
	name := failed.Contact
	if c, ok := d.directory.ByID(failed.Contact); ok {
		name = c.Name
	}
	if next, ok := d.tryNextChannel(failed); ok {
		d.post(incident.EntryPage, "", messages.New("escalation.entry.page_failed_next",
			"who", name, "via", failed.Via.Text(), "cause", messages.Shorten(failed.Error, 200), "next", next.Via.Text()))
		return
	}
	d.post(incident.EntryPage, "", messages.New("escalation.entry.page_failed", "who", name, "cause", messages.Shorten(failed.Error, 200)))
	for _, p := range d.pages {
		if p.SameBatch(failed) && p.State != incident.PageFailed {
			return
		}
	}
	if failed.Reason == incident.ReasonHandoff && d.inc.HandoffTo != "" {
		d.inc.HandoffUntil = d.now // nobody can accept it
	}
	if d.isCurrentStep(failed) && (d.inc.Status == incident.Open || d.inc.Status == incident.Acknowledged) {
		d.inc.NextStepAt = d.now
	}
}

// isCurrentStep tells a page of the step that the ladder stands on. It is asked only on the first way up: when every channel is
// broken, the pace of the ladder is fast enough.
func (d *decision) isCurrentStep(p incident.Page) bool {
	if p.Reason == incident.ReasonNewAlerts || p.Reason == incident.ReasonHandoff || p.Reason == incident.ReasonKept {
		return false // those are no step
	}
	return d.inc.Repeat == 0 && p.Stage == d.inc.Stage && p.Repeat == d.inc.Repeat && p.Step == d.inc.Step-1
}
