package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// Report is what is told of an incident, before language and format are chosen: cards, Markdown, HTML and JSON are made of it.
type Report struct {
	Incident incident.Incident
	// Alerts are the worst first.
	Alerts []incident.Alert
	Phases []Phase
	// Events are everything that is known to have happened, oldest first.
	Events []Event
	Ledger []LedgerRow
	// Charts show the alerts' measurements, in HTML only. The caller adds them.
	Charts []Chart
}

// Chart shows the values of an alert's expression.
type Chart struct {
	Expression string
	// SVG is a picture to be put into a page as it is.
	SVG []byte
	// Problem says why there is no picture; zero if there is one.
	Problem messages.Text
}

// GeneratorURLs are where the alerts come from, the worst alert first, each once.
func (r Report) GeneratorURLs() []string {
	var urls []string
	for _, a := range r.Alerts {
		if a.GeneratorURL != "" && !slices.Contains(urls, a.GeneratorURL) {
			urls = append(urls, a.GeneratorURL)
		}
	}
	return urls
}

// Event is one moment of an incident.
type Event struct {
	At   time.Time
	Kind incident.EntryKind
	// Actor is a Slack user id, "" for opsbot and Alertmanager.
	Actor string
	Text  messages.Text
}

// LedgerRow is a page with the name of its person, and its state in words.
type LedgerRow struct {
	incident.Page
	Name  string
	State messages.Text
}

// Report puts everything in order.
func (t Timeline) Report(directory oncall.Directory) Report {
	r := Report{Incident: t.Incident, Alerts: t.Incident.SortedAlerts(), Phases: phasesOf(t.Incident, t.Pages)}
	for _, p := range t.Pages {
		r.Ledger = append(r.Ledger, LedgerRow{Page: p, Name: directory.NameOf(p.Contact), State: stateText(p, directory)})
	}
	r.Events = slices.Concat(entryEvents(t.Entries), receiptEvents(r.Ledger), answerEvents(r.Ledger))
	slices.SortStableFunc(r.Events, func(a, b Event) int { return a.At.Compare(b.At) })
	return r
}

func entryEvents(entries []incident.Entry) []Event {
	sorted := slices.SortedStableFunc(slices.Values(entries), func(a, b incident.Entry) int { return cmp.Compare(a.Number, b.Number) })
	withdrawn := map[int64]bool{}
	for _, e := range sorted {
		withdrawn[e.Withdraws] = true
	}
	events := make([]Event, 0, len(sorted))
	for _, e := range sorted {
		if withdrawn[e.Number] {
			continue
		}
		events = append(events, Event{At: e.At, Kind: e.Kind, Actor: e.Actor, Text: e.Text})
	}
	return events
}

// receiptEvents say when pages arrived, which only the ledger knows.
func receiptEvents(ledger []LedgerRow) []Event {
	var events []Event
	for _, p := range ledger {
		if !p.ReceiptAt.IsZero() {
			events = append(events, Event{At: p.ReceiptAt, Kind: incident.EntryReceipt,
				Text: messages.New("escalation.entry.received", "page", p.ID, "who", p.Name, "via", p.Via.Text(), "after", p.ReceiptAt.Sub(p.IntendedAt))})
		}
	}
	return events
}

// answerEvents say which pages were answered. Pages that were answered together share a line.
func answerEvents(ledger []LedgerRow) []Event {
	type answer struct {
		by string
		at time.Time
	}
	var order []answer
	ids := map[answer][]string{}
	for _, p := range ledger {
		if p.Page.State != incident.PageAcked || p.AckedBy == "" {
			continue
		}
		a := answer{p.AckedBy, p.AckedAt.UTC()}
		if ids[a] == nil {
			order = append(order, a)
		}
		ids[a] = append(ids[a], p.ID)
	}
	var events []Event
	for _, a := range order {
		events = append(events, Event{At: a.at, Kind: incident.EntryReceipt, Actor: a.by, Text: messages.New("escalation.entry.answered",
			"count", len(ids[a]), "pages", strings.Join(ids[a], ", "), "user", messages.User(a.by))})
	}
	return events
}

// facts are what a reader wants to know first.
func (r Report) facts() []messages.Fact {
	inc := r.Incident
	facts := []messages.Fact{
		{Label: messages.New("escalation.fact.status"), Value: inc.Status.Text()},
		{Label: messages.New("escalation.fact.owner"), Value: inc.OwnerText()},
		{Label: messages.New("escalation.fact.opened"), Value: messages.Literal(stamp(inc.OpenedAt))},
	}
	if !inc.ResolvedAt.IsZero() {
		facts = append(facts, messages.Fact{Label: messages.New("escalation.fact.resolved"), Value: messages.Literal(stamp(inc.ResolvedAt))})
	}
	if affected := incident.Affected(r.Alerts); affected != "" {
		facts = append(facts, messages.Fact{Label: messages.New("escalation.fact.affected"), Value: messages.Literal(affected)})
	}
	return facts
}

func (r Report) followUps() []messages.Text {
	var lines []messages.Text
	for _, f := range r.Incident.FollowUps {
		lines = append(lines, f.Checked())
	}
	return lines
}

// elapsed is how long after the opening something happened: "+6m 30s". A message that was put on the timeline may be older.
func (r Report) elapsed(at time.Time) string {
	d := at.Sub(r.Incident.OpenedAt).Round(time.Second)
	switch {
	case d == 0:
		return "–"
	case d < 0:
		return "−" + messages.Duration(-d)
	default:
		return "+" + messages.Duration(d)
	}
}

// stamp is UTC with the date, because a report is read long after.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

// stateText is the state of the page. If somebody else answered it than the person who was paged, it names them.
func stateText(p incident.Page, directory oncall.Directory) messages.Text {
	if by := answeredBy(p, directory); !by.IsZero() {
		return by
	}
	return p.State.Text()
}

// answeredBy names who answered the page, if that is not the person who was paged; otherwise it is empty.
func answeredBy(p incident.Page, directory oncall.Directory) messages.Text {
	if p.State != incident.PageAcked || p.AckedBy == "" || directory.Person(p.AckedBy).ID == p.Contact {
		return messages.Text{}
	}
	return messages.New("escalation.page.answered_by", "user", messages.User(p.AckedBy))
}
