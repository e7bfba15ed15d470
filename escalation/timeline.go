package escalation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"opsbot/messages"
)

// Timeline is everything known of one incident, for export.
type Timeline struct {
	Incident Incident
	Entries  []Entry
	Pages    []Page
}

// Markdown writes the timeline in the printer's language. The printer's format must be messages.Markdown, or that with
// names (Directory.Named): alerts are untrusted, and only the format makes them harmless.
func (t Timeline) Markdown(p *messages.Printer, directory Directory) string {
	w := &markdown{printer: p}
	w.line("# %s", p.Text(t.Incident.headline()))
	w.line("")
	t.summary(w)
	t.durations(w)
	t.alerts(w)
	t.entries(w)
	t.ledger(w, directory)
	return w.String()
}

func (t Timeline) summary(w *markdown) {
	inc := t.Incident
	w.fact(messages.New("escalation.fact.status"), inc.Status.Text())
	w.fact(messages.New("escalation.fact.owner"), inc.ownerText())
	w.fact(messages.New("escalation.fact.opened"), messages.Literal(stamp(inc.OpenedAt)))
	if !inc.ResolvedAt.IsZero() {
		w.fact(messages.New("escalation.fact.resolved"), messages.Literal(stamp(inc.ResolvedAt)))
	}
	if affected := affectedBy(inc.sortedAlerts()); affected != "" {
		w.fact(messages.New("escalation.fact.affected"), messages.Literal(affected))
	}
}

func (t Timeline) durations(w *markdown) {
	w.heading(messages.New("escalation.timeline.durations"))
	for _, d := range t.Incident.phases() {
		w.line("- %s: %s", w.printer.Text(d.label), w.printer.Text(d.value))
	}
}

// phase is one figure of the response procedure.
type phase struct{ label, value messages.Text }

// phases are how long it took until the incident was acknowledged, diagnosed and resolved.
func (inc Incident) phases() []phase {
	took := func(label messages.Text, at time.Time) phase {
		if at.IsZero() {
			return phase{label, messages.New("escalation.timeline.not_yet")}
		}
		return phase{label, messages.New("escalation.timeline.took", "took", at.Sub(inc.OpenedAt).Round(time.Second))}
	}
	return []phase{
		took(messages.New("escalation.timeline.to_ack"), inc.AckedAt),
		took(messages.New("escalation.timeline.to_diagnose"), inc.DiagnosedAt),
		took(messages.New("escalation.timeline.to_resolve"), inc.ResolvedAt),
	}
}

func (t Timeline) alerts(w *markdown) {
	w.heading(messages.New("escalation.timeline.alerts"))
	for _, a := range t.Incident.sortedAlerts() {
		w.line("- %s", w.printer.Text(a.line(t.Incident.Labels)))
	}
	if n := t.Incident.Truncated; n > 0 {
		w.line("- %s", w.printer.Text(messages.New("escalation.alert.truncated", "count", n)))
	}
}

func (t Timeline) entries(w *markdown) {
	w.heading(messages.New("escalation.timeline.entries"))
	w.table(messages.New("escalation.timeline.time"), messages.New("escalation.timeline.elapsed"), messages.New("escalation.timeline.event"))
	for _, e := range t.sortedEntries() {
		elapsed := "–"
		if d := e.At.Sub(t.Incident.OpenedAt).Round(time.Second); d > 0 {
			elapsed = "+" + messages.Duration(d)
		}
		w.row(stamp(e.At), elapsed, w.printer.Text(e.Text))
	}
}

func (p Page) stateText(directory Directory) messages.Text {
	if by := p.answeredBy(directory); !by.IsZero() {
		return by
	}
	return p.State.Text()
}

func (t Timeline) sortedEntries() []Entry {
	return slices.SortedStableFunc(slices.Values(t.Entries), func(a, b Entry) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Number, b.Number))
	})
}

// ledger shows for each page what is known of it: intended, attempted, received, answered.
func (t Timeline) ledger(w *markdown, directory Directory) {
	w.heading(messages.New("escalation.timeline.pages"))
	w.table(messages.New("escalation.timeline.page"), messages.New("escalation.timeline.contact"), messages.New("escalation.timeline.reason"), messages.New("escalation.timeline.intended"), messages.New("escalation.timeline.attempted"), messages.New("escalation.timeline.receipt"), messages.New("escalation.timeline.acked"), messages.New("escalation.timeline.state"))
	for _, p := range t.Pages {
		name := p.Contact
		if c, ok := directory.ByID(p.Contact); ok {
			name = c.Name
		}
		state := w.printer.Text(p.stateText(directory))
		if p.Error != "" {
			state += ": " + w.printer.Text(messages.Literal(shorten(p.Error, 200)))
		}
		w.row(p.ID, w.printer.Text(messages.Literal(name))+" ("+w.printer.Text(p.Role.Text())+", "+w.printer.Text(p.Via.Text())+")",
			w.printer.Text(p.Reason.Text()), stamp(p.IntendedAt), stamp(p.AttemptedAt), stamp(p.ReceiptAt), stamp(p.AckedAt), state)
	}
}

// stamp is UTC with the date: a timeline is read long after.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

// markdown collects lines.
type markdown struct {
	strings.Builder
	printer *messages.Printer
}

func (w *markdown) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *markdown) heading(title messages.Text) { w.line("\n## %s\n", w.printer.Text(title)) }

func (w *markdown) fact(label, value messages.Text) {
	w.line("- **%s**: %s", w.printer.Text(label), w.printer.Text(value))
}

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
