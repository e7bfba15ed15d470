package report

import (
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// ledgerPages is how many pages a card shows, the newest; all of them are in the timeline's file.
const ledgerPages = 40

// LedgerCard shows for each page how far it has come: intended, attempted, received, acknowledged, with the provider's
// receipt or error.
func (t Timeline) LedgerCard(directory oncall.Directory) messages.Card {
	label := incident.Label(t.Incident.Number)
	card := messages.Card{Title: messages.New("escalation.ledger.title", "incident", label)}
	if len(t.Pages) == 0 {
		card.Sections = []messages.Section{messages.Paragraph(messages.New("escalation.ledger.none", "incident", label))}
		return card
	}
	pages := t.Pages
	var lines []messages.Text
	if hidden := len(pages) - ledgerPages; hidden > 0 {
		lines = append(lines, messages.New("escalation.ledger.hidden", "count", hidden))
		pages = pages[hidden:]
	}
	for _, p := range pages {
		lines = append(lines, ledgerLine(p, directory))
	}
	card.Sections = []messages.Section{{List: lines}}
	card.Footer = []messages.Text{messages.New("escalation.ledger.count", "count", len(t.Pages))}
	return card
}

func ledgerLine(p incident.Page, directory oncall.Directory) messages.Text {
	who := p.Contact
	if c, ok := directory.ByID(p.Contact); ok {
		who = c.Name
	}
	steps := ledgerSteps(p, directory)
	all := steps[0]
	for _, step := range steps[1:] {
		all = messages.New("escalation.ledger.steps", "some", all, "another", step)
	}
	return messages.New("escalation.ledger.page", "who", who, "via", p.Via.Text(), "reason", p.Reason.Text(), "steps", all)
}

// ledgerSteps are what happened to the page, in order; there is always one.
func ledgerSteps(p incident.Page, directory oncall.Directory) []messages.Text {
	intended := messages.New("escalation.ledger.intended", "at", p.IntendedAt)
	if p.After != "" {
		intended = withDetail(intended, messages.New("escalation.ledger.after", "page", p.After))
	}
	steps := []messages.Text{intended}
	add := func(at time.Time, step, detail messages.Text) {
		if !at.IsZero() {
			steps = append(steps, withDetail(step, detail))
		}
	}
	add(p.AttemptedAt, messages.New("escalation.ledger.attempted", "at", p.AttemptedAt), messages.Text{})
	add(p.ReceiptAt, messages.New("escalation.ledger.received", "at", p.ReceiptAt), messages.Literal(messages.Shorten(p.Receipt, 100)))
	problem := messages.Literal(messages.Shorten(p.Error, 200))
	switch {
	case p.State == incident.PageFailed:
		steps = append(steps, withDetail(messages.New("escalation.ledger.failed"), problem))
	case p.State == incident.PageCancelled:
		steps = append(steps, withDetail(messages.New("escalation.ledger.cancelled"), problem))
	case p.State == incident.PageAcked:
		add(p.AckedAt, messages.New("escalation.ledger.acked", "at", p.AckedAt), answeredBy(p, directory))
	case p.Error != "":
		steps = append(steps, withDetail(messages.New("escalation.ledger.waiting"), problem))
	}
	return steps
}

func withDetail(step, detail messages.Text) messages.Text {
	if detail.IsZero() {
		return step
	}
	return messages.New("escalation.ledger.detail", "step", step, "detail", detail)
}
