package escalation

import (
	"slices"

	"opsbot/messages"
)

// answer marks the page as answered outside Slack. Who answers has received it, whatever the provider said. A page
// can be answered once: its link may lie in a mailbox for ever.
func (d *decision) answer(id string) error {
	if id == "" {
		return nil
	}
	i := slices.IndexFunc(d.pages, func(p Page) bool { return p.ID == id })
	if i < 0 {
		return refuse(messages.New("escalation.refused.no_page", "incident", Label(d.inc.Number)))
	}
	p := d.pages[i]
	if !p.AnsweredAt.IsZero() {
		return refuse(messages.New("escalation.refused.answered", "incident", Label(d.inc.Number)))
	}
	if p.State == PageFailed {
		p.State = PageAttempted
	}
	p = p.Reached(PageDelivered, p.Receipt, d.now)
	p.AnsweredAt = d.now
	d.update(i, p)
	return nil
}
