package escalation

import (
	"slices"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// Outcome takes in what became of a page: PageDelivered with the provider's receipt, or PageFailed with the cause. pages is
// the incident's ledger and holds the page. A person who was not reached is paged on the next channel. When nobody of a step
// could be reached on any channel, the next step is due at once.
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
	// The outbox stores the outcome before it reports it here, and may report it twice.
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
		d.refresh(i) // the ack or the end came while it was under way: its buttons must go
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

// isCurrentStep reports whether the page belongs to the step that was paged last. It only counts until the ladder repeats: if
// every channel is broken, the ladder's own pace is fast enough.
func (d *decision) isCurrentStep(p incident.Page) bool {
	if p.Reason == incident.ReasonNewAlerts || p.Reason == incident.ReasonHandoff || p.Reason == incident.ReasonKept {
		return false // those pages belong to no step
	}
	return d.inc.Repeat == 0 && p.Stage == d.inc.Stage && p.Repeat == d.inc.Repeat && p.Step == d.inc.Step-1
}
