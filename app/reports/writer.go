// Package reports writes timelines and postmortems of incidents, also of archived ones, with charts from Prometheus.
package reports

import (
	"context"
	"errors"
	"strings"

	"opsbot/bot/directory"
	"opsbot/bot/surfaces"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/escalation/report"
	"opsbot/handlers/operations"
	"opsbot/messages"
	"opsbot/store"
)

// Writer renders reports of incidents from the store, and of old ones from the archive.
type Writer struct {
	Store     *store.Store
	Archive   store.Archive
	Texts     *messages.Catalogue
	Directory oncall.Directory
	People    *directory.People
	Charts    *Charts
	Canvases  surfaces.Canvases
}

// Timeline is the timeline of an incident, with files in the asked formats.
func (t Writer) Timeline(ctx context.Context, number int64, locale string, format operations.Format) (messages.Card, error) {
	report, err := t.report(ctx, number)
	if err != nil {
		return messages.Card{}, err
	}
	if format == operations.FormatHTML || format == operations.FormatAll {
		report.Charts = t.Charts.of(ctx, report)
	}
	card := report.Card()
	for _, e := range t.exports(ctx, report, locale) {
		if format != e.format && format != operations.FormatAll {
			continue
		}
		content, err := e.write()
		if err != nil {
			return messages.Card{}, err
		}
		card.Files = append(card.Files, fileOf(number, "timeline."+e.ext, card.Title, content))
	}
	return card, nil
}

// Postmortem is the draft of the postmortem, as Markdown and HTML.
func (t Writer) Postmortem(ctx context.Context, number int64, locale string) (messages.Card, error) {
	report, err := t.report(ctx, number)
	if err != nil {
		return messages.Card{}, err
	}
	report.Charts = t.Charts.of(ctx, report)
	draft := report.Draft()
	card := draft.Card()
	card.Files = []messages.File{
		fileOf(number, "postmortem.md", card.Title, []byte(draft.Markdown(t.printer(ctx, locale, messages.Markdown())))),
		fileOf(number, "postmortem.html", card.Title, draft.HTML(t.printer(ctx, locale, messages.HTML()))),
	}
	return card, nil
}

// Canvas writes the draft into a canvas of the incident's channel.
func (t Writer) Canvas(ctx context.Context, number int64, locale string) (link string, err error) {
	report, err := t.report(ctx, number)
	if err != nil {
		return "", err
	}
	title := t.Texts.Printer(locale, messages.Plain()).Text(report.Draft().Card().Title)
	return t.Canvases.Create(ctx, report.Incident.Channel, title, report.Draft().Markdown(t.printer(ctx, locale, messages.Markdown())))
}

// PageLedger is the list of the incident's pages.
func (t Writer) PageLedger(ctx context.Context, number int64) (messages.Card, error) {
	all, err := t.read(ctx, number)
	if err != nil {
		return messages.Card{}, err
	}
	return all.LedgerCard(t.Directory), nil
}

func fileOf(number int64, name string, title messages.Text, content []byte) messages.File {
	return messages.File{Name: strings.ToLower(incident.Label(number)) + "-" + name, Title: title, Content: content}
}

// export is one way to write a report.
type export struct {
	format operations.Format
	ext    string
	write  func() ([]byte, error)
}

func (t Writer) exports(ctx context.Context, r report.Report, locale string) []export {
	return []export{
		{operations.FormatMarkdown, "md", func() ([]byte, error) { return []byte(r.Markdown(t.printer(ctx, locale, messages.Markdown()))), nil }},
		{operations.FormatHTML, "html", func() ([]byte, error) { return r.HTML(t.printer(ctx, locale, messages.HTML())), nil }},
		{operations.FormatJSON, "json", func() ([]byte, error) { return r.JSON(t.printer(ctx, locale, messages.Plain())) }},
	}
}

func (t Writer) report(ctx context.Context, number int64) (report.Report, error) {
	all, err := t.read(ctx, number)
	if err != nil {
		return report.Report{}, err
	}
	return all.Report(t.Directory), nil
}

// read reads everything that is kept of an incident.
func (t Writer) read(ctx context.Context, number int64) (report.Timeline, error) {
	inc, err := t.Store.Incident(ctx, number)
	if errors.Is(err, incident.ErrNotFound) {
		archived, err := t.Archive.Find(number)
		return archived.Timeline(), err
	}
	if err != nil {
		return report.Timeline{}, err
	}
	entries, err := t.Store.Entries(ctx, number)
	if err != nil {
		return report.Timeline{}, err
	}
	pages, err := t.Store.Pages(ctx, number)
	if err != nil {
		return report.Timeline{}, err
	}
	return report.Timeline{Incident: inc, Entries: entries, Pages: pages}, nil
}

// printer writes people by their names: a file is read where Slack's ids mean nothing.
func (t Writer) printer(ctx context.Context, locale string, format messages.Format) *messages.Printer {
	byID := format.User
	format.User = func(id string) string {
		if c, ok := t.Directory.ByActor(id); ok {
			return format.Escape(c.Name)
		}
		person, err := t.People.Person(ctx, id)
		if err != nil || person.Name == "" {
			return byID(id)
		}
		return format.Escape(person.Name)
	}
	return t.Texts.Printer(locale, format)
}
