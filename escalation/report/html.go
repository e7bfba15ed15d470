package report

import (
	_ "embed"

	"opsbot/escalation/incident"
	"opsbot/messages"
)

//go:embed report.css
var reportStyle string

// HTML writes the report as one file that needs no other: to be read on a screen or a telephone, and printed. The printer's
// format must be messages.HTML, or that with names.
func (r Report) HTML(p *messages.Printer) []byte {
	w := reportPage{words: p.Markup, report: r}
	w.head(p.Locale())
	w.title()
	w.phases()
	w.heading(messages.New("escalation.timeline.alerts"))
	w.alerts()
	w.Add("</section>\n")
	w.charts()
	w.heading(messages.New("escalation.timeline.entries"))
	w.events()
	w.Add("</section>\n")
	if followUps := r.followUps(); len(followUps) > 0 {
		w.heading(messages.New("escalation.followup.heading"))
		w.list(followUps)
		w.Add("</section>")
	}
	w.Add("\n")
	if len(r.Ledger) > 0 {
		w.heading(messages.New("escalation.timeline.pages"))
		w.ledger()
		w.Add("</section>")
	}
	w.Add("\n")
	w.foot()
	return []byte(w.String())
}

// HTML writes the draft as one file; the gaps can be filled in there. The printer is as for Report.HTML.
func (d Draft) HTML(p *messages.Printer) []byte {
	w := reportPage{words: p.Markup, report: d.Report}
	w.head(p.Locale())
	w.title(d.title())
	w.phases()
	w.charts()
	for _, s := range d.sections() {
		w.heading(s.Heading)
		w.Add("\n")
		if s.IsTimeline {
			w.events()
		}
		if len(s.Known) > 0 {
			w.list(s.Known)
		}
		if !s.Ask.IsZero() {
			w.Add(`<div class="ask" contenteditable="true" role="textbox" aria-multiline="true" data-ask="`, w.words(s.Ask).Attribute(), `"></div>`)
		}
		w.Add("</section>\n")
	}
	w.Add("\n")
	w.foot()
	return []byte(w.String())
}

// reportPage is a page of a report that is being written.
type reportPage struct {
	messages.HTMLPage
	words  func(messages.Text) messages.Markup
	report Report
}

func (w *reportPage) head(locale string) {
	w.Add(`<!doctype html>
<html lang="`, messages.EscapeHTML(locale), `">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>`, w.label(), `</title>
<style>
`, messages.Markup(reportStyle), `</style>
</head>
<body>
<main>
`)
}

func (w *reportPage) foot() {
	w.Add("</main>\n<footer>", w.words(messages.New("escalation.report.made")), "</footer>\n</body>\n</html>\n")
}

func (w *reportPage) label() messages.Markup {
	return messages.EscapeHTML(incident.Label(w.report.Incident.Number))
}

// title is the incident's own, with others above it.
func (w *reportPage) title(above ...messages.Text) {
	inc := w.report.Incident
	w.Add(`<header class="`, messages.EscapeHTML(string(inc.Tone())), `">
<p class="tags"><b>`, w.label(), `</b> <span class="tag `, messages.EscapeHTML(inc.Severity.String()), `">`, w.words(inc.Severity.Text()), `</span></p>
<h1>`)
	for _, t := range above {
		w.Add(w.words(t), "<br>")
	}
	w.Add(w.words(inc.Subject()), "</h1>\n<dl>")
	for _, f := range w.report.facts() {
		w.Add("<div><dt>", w.words(f.Label), "</dt><dd>", w.words(f.Value), "</dd></div>")
	}
	w.Add("</dl>\n</header>\n")
}
