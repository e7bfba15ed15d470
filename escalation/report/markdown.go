package report

import (
	"fmt"
	"strings"

	"opsbot/messages"
)

// Markdown writes the timeline in the printer's language. The printer's format must be messages.Markdown, or that with
// names (Directory.Named): alerts are untrusted, and only the format makes them harmless.
func (r Report) Markdown(p *messages.Printer) string {
	w := &markdown{printer: p}
	w.line("# %s", p.Text(r.Incident.Headline()))
	w.line("")
	w.facts(r.facts())
	w.heading(messages.New("escalation.timeline.durations"))
	w.phases(r.Phases)
	w.heading(messages.New("escalation.timeline.alerts"))
	w.alerts(r)
	w.heading(messages.New("escalation.timeline.entries"))
	w.events(r)
	if len(r.Incident.FollowUps) > 0 {
		w.heading(messages.New("escalation.followup.heading"))
		w.list(r.followUps())
	}
	w.heading(messages.New("escalation.timeline.pages"))
	w.ledger(r.Ledger)
	return w.String()
}

// markdown collects lines.
type markdown struct {
	strings.Builder
	printer *messages.Printer
}

func (w *markdown) facts(facts []messages.Fact) {
	for _, f := range facts {
		w.line("- **%s**: %s", w.printer.Text(f.Label), w.printer.Text(f.Value))
	}
}

func (w *markdown) list(lines []messages.Text) {
	for _, line := range lines {
		w.line("- %s", w.printer.Text(line))
	}
}

func (w *markdown) phases(phases []Phase) {
	for _, p := range phases {
		w.line("- %s: %s", w.printer.Text(p.Name.Text()), w.printer.Text(p.tookText()))
	}
}

func (w *markdown) alerts(r Report) {
	for _, a := range r.Alerts {
		w.line("- %s", w.printer.Text(a.Line(r.Incident.Labels)))
	}
	if n := r.Incident.Truncated; n > 0 {
		w.line("- %s", w.printer.Text(messages.New("escalation.alert.truncated", "count", n)))
	}
}

func (w *markdown) events(r Report) {
	w.table(messages.New("escalation.timeline.time"), messages.New("escalation.timeline.elapsed"), messages.New("escalation.timeline.event"))
	for _, e := range r.Events {
		w.row(stamp(e.At), r.elapsed(e.At), w.printer.Text(e.Text))
	}
}

// ledger shows for each page what is known of it: intended, attempted, received, answered.
func (w *markdown) ledger(ledger []LedgerRow) {
	w.table(ledgerTitles()...)
	for _, p := range ledger {
		state := w.printer.Text(p.State)
		if p.Error != "" {
			state += ": " + w.printer.Text(messages.Literal(messages.Shorten(p.Error, 200)))
		}
		w.row(p.ID, w.printer.Text(messages.Literal(p.Name))+" ("+w.printer.Text(p.Role.Text())+", "+w.printer.Text(p.Via.Text())+")",
			w.printer.Text(p.Reason.Text()), stamp(p.IntendedAt), stamp(p.AttemptedAt), stamp(p.ReceiptAt), stamp(p.AckedAt), state)
	}
}

func ledgerTitles() []messages.Text {
	return []messages.Text{
		messages.New("escalation.timeline.page"), messages.New("escalation.timeline.contact"), messages.New("escalation.timeline.reason"),
		messages.New("escalation.timeline.intended"), messages.New("escalation.timeline.attempted"), messages.New("escalation.timeline.receipt"),
		messages.New("escalation.timeline.acked"), messages.New("escalation.timeline.state"),
	}
}

func (w *markdown) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *markdown) heading(title messages.Text) { w.line("\n## %s\n", w.printer.Text(title)) }

func (w *markdown) table(titles ...messages.Text) {
	words := make([]string, len(titles))
	for i, title := range titles {
		words[i] = w.printer.Text(title)
	}
	w.row(words...)
	w.line("|%s", strings.Repeat(" --- |", len(titles)))
}

func (w *markdown) row(cells ...string) {
	for i, c := range cells {
		// The format escapes "|" in untrusted text, but not in code.
		c = strings.ReplaceAll(strings.ReplaceAll(c, "\\|", "|"), "|", "\\|")
		cells[i] = strings.ReplaceAll(c, "\n", " ")
	}
	w.line("| %s |", strings.Join(cells, " | "))
}
