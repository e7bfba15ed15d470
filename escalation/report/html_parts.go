package report

import (
	"time"

	"opsbot/messages"
)

func (w *reportPage) phases() {
	w.Add(`<section class="phases" aria-label="`, w.words(messages.New("escalation.timeline.durations")).Attribute(), `">`)
	for _, ph := range w.report.Phases {
		w.Add("<div")
		if ph.At.IsZero() {
			w.Add(` class="open"`)
		}
		w.Add("><b>", w.words(ph.tookText()), "</b><span>", w.words(ph.Name.Text()), "</span></div>")
	}
	w.Add("</section>\n")
}

// heading begins a section.
func (w *reportPage) heading(t messages.Text) { w.Add("<section><h2>", w.words(t), "</h2>") }

func (w *reportPage) list(lines []messages.Text) {
	w.Add(`<ul class="alerts">`)
	for _, line := range lines {
		w.Add("<li>", w.words(line), "</li>\n")
	}
	w.Add("</ul>")
}

func (w *reportPage) alerts() {
	var lines []messages.Text
	for _, a := range w.report.Alerts {
		lines = append(lines, a.Line(w.report.Incident.Labels))
	}
	if n := w.report.Incident.Truncated; n > 0 {
		lines = append(lines, messages.New("escalation.alert.truncated", "count", n))
	}
	w.list(lines)
}

func (w *reportPage) charts() {
	if len(w.report.Charts) == 0 {
		return
	}
	w.heading(messages.New("escalation.report.charts"))
	for _, c := range w.report.Charts {
		w.Add("\n<figure><figcaption><code>", messages.EscapeHTML(c.Expression), "</code></figcaption>")
		if len(c.SVG) > 0 {
			w.Add(messages.Markup(c.SVG)) // drawn by us, with its labels escaped
		} else {
			w.Add(`<p class="note">`, w.words(c.Problem), "</p>")
		}
		w.Add("</figure>")
	}
	w.Add("\n</section>\n")
}

func (w *reportPage) events() {
	w.Add(`<p class="note">`, w.words(messages.New("escalation.timeline.time")), "</p>\n")
	date := ""
	for _, e := range w.report.Events {
		at := e.At.UTC()
		if d := at.Format(time.DateOnly); d != date {
			if date != "" {
				w.Add("\n</ol>")
			}
			date = d
			w.Add("<h3>", messages.EscapeHTML(d), "</h3>\n<ol class=\"events\">")
		}
		w.Add("\n<li class=\"", messages.EscapeHTML(string(e.Kind)), `"><time datetime="`, messages.EscapeHTML(at.Format(time.RFC3339)), `">`,
			messages.EscapeHTML(at.Format("15:04:05")), `</time><span class="elapsed">`, messages.EscapeHTML(w.report.elapsed(e.At)),
			`</span><span class="kind">`, w.words(e.Kind.Text()), "</span><p>", w.words(e.Text), "</p></li>")
	}
	if date != "" {
		w.Add("\n</ol>")
	}
}

// ledger is a table that becomes a list of pairs on a telephone: each cell knows its title.
func (w *reportPage) ledger() {
	titles := ledgerTitles()
	w.Add("<table><thead><tr>")
	for _, t := range titles {
		w.Add("<th>", w.words(t), "</th>")
	}
	w.Add("</tr></thead>\n<tbody>")
	for _, row := range w.report.Ledger {
		w.Add("<tr>\n")
		for i, cell := range w.cells(row) {
			w.Add(`<td data-label="`, w.words(titles[i]).Attribute(), `">`, cell, "</td>\n")
		}
		w.Add("</tr>")
	}
	w.Add("</tbody></table>")
}

func (w *reportPage) cells(row LedgerRow) []messages.Markup {
	stamped := func(at time.Time) messages.Markup { return messages.EscapeHTML(stamp(at)) }
	state := w.words(row.State)
	if row.Error != "" {
		state += "<br><small>" + messages.EscapeHTML(row.Error) + "</small>"
	}
	return []messages.Markup{
		messages.EscapeHTML(row.ID),
		messages.EscapeHTML(row.Name) + "<br><small>" + w.words(row.Role.Text()) + ", " + w.words(row.Via.Text()) + "</small>",
		w.words(row.Reason.Text()), stamped(row.IntendedAt), stamped(row.AttemptedAt), stamped(row.ReceiptAt), stamped(row.AckedAt), state,
	}
}
