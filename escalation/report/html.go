package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"time"

	"opsbot/escalation/incident"
	"opsbot/messages"
)

//go:embed report.html.tmpl
var reportTemplate string

// HTML writes the report as one self-contained file for screens, telephones and printers. The printer's format must be
// messages.HTML, or that with names.
func (r Report) HTML(p *messages.Printer) ([]byte, error) {
	return r.page(p, "timeline", htmlPage{Report: r})
}

// htmlPage is what the template draws. Title is above the incident's own title. Sections are those of a postmortem.
type htmlPage struct {
	Report
	Title    *messages.Text
	Sections []draftSection
}

// page draws one of the template's pages.
func (r Report) page(p *messages.Printer, name string, page htmlPage) ([]byte, error) {
	t, err := template.New("").Funcs(r.htmlFuncs(p)).Parse(reportTemplate)
	if err != nil {
		return nil, fmt.Errorf("parse page of reports: %w", err)
	}
	var out strings.Builder
	if err := t.ExecuteTemplate(&out, name, page); err != nil {
		return nil, fmt.Errorf("write page of %s: %w", incident.Label(r.Incident.Number), err)
	}
	return []byte(out.String()), nil
}

// htmlFuncs turn what a report holds into words. The printer has escaped everything untrusted, so the words are HTML.
func (r Report) htmlFuncs(p *messages.Printer) template.FuncMap {
	words := func(t messages.Text) template.HTML { return template.HTML(p.Text(t)) } //nolint:gosec // escaped by the format
	return template.FuncMap{
		"words": words, "lang": p.Locale, "label": func() string { return incident.Label(r.Incident.Number) },
		"tone":     func() string { return string(r.Incident.Tone()) },
		"severity": func() string { return r.Incident.Severity.String() }, "severityText": r.Incident.Severity.Text,
		"subject": r.Incident.Subject, "facts": r.facts, "followUps": r.followUps,
		"phase": func(ph Phase) template.HTML { return words(ph.tookText()) },
		"alert": func(a incident.Alert) template.HTML { return words(a.Line(r.Incident.Labels)) }, "truncated": r.truncatedText,
		"elapsed": r.elapsed, "stamp": stamp, "iso": func(at time.Time) string { return at.UTC().Format(time.RFC3339) },
		"clock": func(at time.Time) string { return at.UTC().Format("15:04:05") }, "days": r.days,
		"kind":       incident.EntryKind.Text,
		"picture":    func(svg []byte) template.HTML { return template.HTML(svg) }, //nolint:gosec // drawn by us, with its labels escaped
		"pageTitles": ledgerTitles, "heading": htmlHeading, "made": func() messages.Text { return messages.New("escalation.report.made") },
	}
}

func (r Report) truncatedText() messages.Text {
	if r.Incident.Truncated == 0 {
		return messages.Text{}
	}
	return messages.New("escalation.alert.truncated", "count", r.Incident.Truncated)
}

// day is the events of one day, UTC.
type day struct {
	Date   string
	Events []Event
}

func (r Report) days() []day {
	var days []day
	for _, e := range r.Events {
		date := e.At.UTC().Format(time.DateOnly)
		if len(days) == 0 || days[len(days)-1].Date != date {
			days = append(days, day{Date: date})
		}
		last := &days[len(days)-1]
		last.Events = append(last.Events, e)
	}
	return days
}

func htmlHeading(name string) (messages.Text, error) {
	switch name {
	case "durations":
		return messages.New("escalation.timeline.durations"), nil
	case "alerts":
		return messages.New("escalation.timeline.alerts"), nil
	case "events":
		return messages.New("escalation.timeline.entries"), nil
	case "pages":
		return messages.New("escalation.timeline.pages"), nil
	case "charts":
		return messages.New("escalation.report.charts"), nil
	case "followUps":
		return messages.New("escalation.followup.heading"), nil
	case "utc":
		return messages.New("escalation.timeline.time"), nil
	default:
		return messages.Text{}, fmt.Errorf("no heading %q", name)
	}
}
