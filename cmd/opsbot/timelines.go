package main

import (
	"context"
	"errors"
	"strings"

	"opsbot/bot/directory"
	"opsbot/bot/surfaces"
	"opsbot/escalation"
	"opsbot/handlers"
	"opsbot/messages"
	"opsbot/store"
)

// timelines renders reports of incidents from the store, and of old ones from the archive.
type timelines struct {
	store     *store.Store
	archive   store.Archive
	texts     *messages.Catalogue
	directory escalation.Directory
	people    *directory.People
	graphs    *graphs
	canvases  surfaces.Canvases
}

func (t timelines) Timeline(ctx context.Context, number int64, locale string, format handlers.Format) (messages.Card, error) {
	report, err := t.report(ctx, number)
	if err != nil {
		return messages.Card{}, err
	}
	if format == handlers.FormatHTML || format == handlers.FormatAll {
		report.Charts = t.graphs.of(ctx, report)
	}
	card := report.Card()
	for _, e := range t.exports(ctx, report, locale) {
		if format != e.format && format != handlers.FormatAll {
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

func (t timelines) Postmortem(ctx context.Context, number int64, locale string) (messages.Card, error) {
	report, err := t.report(ctx, number)
	if err != nil {
		return messages.Card{}, err
	}
	report.Charts = t.graphs.of(ctx, report)
	draft := report.Draft()
	page, err := draft.HTML(t.printer(ctx, locale, messages.HTML()))
	if err != nil {
		return messages.Card{}, err
	}
	card := draft.Card()
	card.Files = []messages.File{
		fileOf(number, "postmortem.md", card.Title, []byte(draft.Markdown(t.printer(ctx, locale, messages.Markdown())))),
		fileOf(number, "postmortem.html", card.Title, page),
	}
	return card, nil
}

func (t timelines) Canvas(ctx context.Context, number int64, locale string) (link string, err error) {
	report, err := t.report(ctx, number)
	if err != nil {
		return "", err
	}
	title := t.texts.Printer(locale, messages.Plain()).Text(report.Draft().Card().Title)
	return t.canvases.Create(ctx, report.Incident.Channel, title, report.Draft().Markdown(t.printer(ctx, locale, messages.Markdown())))
}

func (t timelines) PageLedger(ctx context.Context, number int64) (messages.Card, error) {
	all, err := t.of(ctx, number)
	if err != nil {
		return messages.Card{}, err
	}
	return all.LedgerCard(t.directory), nil
}

func fileOf(number int64, name string, title messages.Text, content []byte) messages.File {
	return messages.File{Name: strings.ToLower(incident.Label(number)) + "-" + name, Title: title, Content: content}
}

// export is one way to write a report.
type export struct {
	format handlers.Format
	ext    string
	write  func() ([]byte, error)
}

func (t timelines) exports(ctx context.Context, r report.Report, locale string) []export {
	return []export{
		{handlers.FormatMarkdown, "md", func() ([]byte, error) { return []byte(r.Markdown(t.printer(ctx, locale, messages.Markdown()))), nil }},
		{handlers.FormatHTML, "html", func() ([]byte, error) { return r.HTML(t.printer(ctx, locale, messages.HTML())) }},
		{handlers.FormatJSON, "json", func() ([]byte, error) { return r.JSON(t.printer(ctx, locale, messages.Plain())) }},
	}
}

func (t timelines) report(ctx context.Context, number int64) (report.Report, error) {
	all, err := t.of(ctx, number)
	if err != nil {
		return report.Report{}, err
	}
	return all.Report(t.directory), nil
}

// of reads everything that is kept of an incident.
func (t timelines) of(ctx context.Context, number int64) (report.Timeline, error) {
	inc, err := t.store.Incident(ctx, number)
	if errors.Is(err, incident.ErrNotFound) {
		archived, err := t.archive.Find(number)
		return archived.Timeline(), err
	}
	if err != nil {
		return report.Timeline{}, err
	}
	entries, err := t.store.Entries(ctx, number)
	if err != nil {
		return report.Timeline{}, err
	}
	pages, err := t.store.Pages(ctx, number)
	if err != nil {
		return report.Timeline{}, err
	}
	return report.Timeline{Incident: inc, Entries: entries, Pages: pages}, nil
}

// printer writes people by their names: a file is read where Slack's ids mean nothing.
func (t timelines) printer(ctx context.Context, locale string, format messages.Format) *messages.Printer {
	byID := format.User
	format.User = func(id string) string {
		if c, ok := t.directory.ByActor(id); ok {
			return format.Escape(c.Name)
		}
		person, err := t.people.Person(ctx, id)
		if err != nil || person.Name == "" {
			return byID(id)
		}
		return format.Escape(person.Name)
	}
	return t.texts.Printer(locale, format)
}
