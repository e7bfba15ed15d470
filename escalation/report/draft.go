package report

import (
	"slices"
	"time"

	"opsbot/escalation/cards"
	"opsbot/escalation/incident"
	"opsbot/messages"
)

// Draft is the draft of the postmortem (handbook: 事后总结). It contains what is known, and asks for what only people know.
type Draft struct{ Report }

// Draft makes the draft.
func (r Report) Draft() Draft { return Draft{r} }

// draftSection is a heading of the postmortem with what is known and what people have to add.
type draftSection struct {
	Heading messages.Text
	Known   []messages.Text
	// Ask says what to write; zero if there is nothing to add.
	Ask messages.Text
	// IsTimeline sections hold the report's events.
	IsTimeline bool
}

func (d Draft) sections() []draftSection {
	return []draftSection{
		{Heading: messages.New("escalation.draft.summary"), Known: d.summary(), Ask: messages.New("escalation.draft.summary_ask")},
		{Heading: messages.New("escalation.draft.impact"), Known: d.impact(), Ask: messages.New("escalation.draft.impact_ask")},
		{Heading: messages.New("escalation.timeline.entries"), IsTimeline: true},
		{Heading: messages.New("escalation.draft.cause"), Known: d.said("escalation.entry.diagnosed_cause"), Ask: messages.New("escalation.draft.cause_ask")},
		{Heading: messages.New("escalation.draft.well"), Ask: messages.New("escalation.draft.well_ask")},
		{
			Heading: messages.New("escalation.draft.badly"), Ask: messages.New("escalation.draft.badly_ask"),
			Known: d.said("escalation.entry.overdue", "escalation.entry.page_failed", "escalation.entry.page_failed_next", "escalation.entry.nobody", "escalation.entry.still_firing"),
		},
		{Heading: messages.New("escalation.draft.prevention"), Known: d.followUps(), Ask: messages.New("escalation.draft.prevention_ask")},
		{Heading: messages.New("escalation.draft.documents"), Ask: messages.New("escalation.draft.documents_ask")},
	}
}

func (d Draft) summary() []messages.Text {
	inc := d.Incident
	lasted := messages.New("escalation.draft.lasts", "severity", inc.Severity.Text(), "title", inc.Subject(), "from", messages.Date(inc.OpenedAt))
	if !inc.ResolvedAt.IsZero() {
		lasted = messages.New("escalation.draft.lasted", "severity", inc.Severity.Text(), "title", inc.Subject(), "from", messages.Date(inc.OpenedAt),
			"took", inc.ResolvedAt.Sub(inc.OpenedAt).Round(time.Second))
	}
	return []messages.Text{lasted, messages.New("escalation.draft.tally",
		"count", len(inc.Alerts)+inc.Truncated, "pages", len(d.Ledger), "owner", inc.OwnerText())}
}

func (d Draft) impact() []messages.Text {
	if affected := incident.Affected(d.Alerts); affected != "" {
		return []messages.Text{messages.New("escalation.draft.affected", "affected", affected)}
	}
	return nil
}

// said are the events with one of the given texts.
func (d Draft) said(ids ...string) []messages.Text {
	var texts []messages.Text
	for _, e := range d.Events {
		if slices.Contains(ids, e.Text.ID) {
			texts = append(texts, e.Text)
		}
	}
	return texts
}

// title is that of the document.
func (d Draft) title() messages.Text {
	return messages.New("escalation.draft.title", "incident", incident.Label(d.Incident.Number))
}

// Card says what to do with the draft, whose files the caller attaches.
func (d Draft) Card() messages.Card {
	card := messages.Card{Title: d.title()}
	for _, p := range d.Phases {
		card.Facts = append(card.Facts, messages.Fact{Label: p.Name.Text(), Value: p.tookText()})
	}
	if d.Incident.Stage != incident.Postmortem {
		card.Sections = []messages.Section{messages.Paragraph(messages.New("escalation.draft.early"))}
		return card
	}
	card.Sections = []messages.Section{messages.Paragraph(messages.New("escalation.draft.how", "due", messages.Date(d.Incident.StageDueAt)))}
	card.Actions = []messages.Action{cards.Button(d.Incident, cards.ActionPostmortem, messages.New("escalation.button.postmortem"), messages.StylePrimary)}
	return card
}

// Markdown writes the draft, with a printer as for Report.Markdown.
func (d Draft) Markdown(p *messages.Printer) string {
	w := &markdown{printer: p}
	w.line("# %s", p.Text(d.title()))
	w.line("")
	w.facts(d.facts())
	w.phases(d.Phases)
	for _, s := range d.sections() {
		w.heading(s.Heading)
		if s.IsTimeline {
			w.events(d.Report)
		}
		w.list(s.Known)
		if !s.Ask.IsZero() {
			w.line("%s_%s_", blankAfter(s.Known), p.Text(s.Ask))
		}
	}
	return w.String()
}

func blankAfter(known []messages.Text) string {
	if len(known) == 0 {
		return ""
	}
	return "\n"
}
