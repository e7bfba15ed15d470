package paging

import (
	"time"

	"opsbot/escalation"
	"opsbot/escalation/cards"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/internal/redact"
	"opsbot/messages"
)

// Writer writes notices in the language of the person who gets them.
type Writer struct {
	Texts *messages.Catalogue
	// Locale is the language of contacts who have none of their own.
	Locale string
	Policy escalation.Policy
	Links  Links
}

// plain is plain text with dates in its times, because mail may be read much later.
func plain() messages.Format {
	f := messages.Plain()
	f.Time = func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
	return f
}

func (w Writer) locale(c oncall.Contact) string { return w.Texts.Match(c.Locale, w.Locale) }

func (w Writer) printer(n Notice, format messages.Format) *messages.Printer {
	return w.Texts.Printer(w.locale(n.Contact), format)
}

func (w Writer) card(n Notice) messages.Card {
	return cards.Notice(n.Incident, n.Page, n.Contact, w.Policy.QuietPeriod).Map(redact.Text)
}

// subject is one line; the incident comes first, so that mailboxes sort by it.
func (w Writer) subject(n Notice) string {
	return messages.OneLine(w.printer(n, plain()).Text(messages.New("paging.subject",
		"incident", incident.Label(n.Incident.Number), "severity", n.Incident.Severity.Text(), "title", n.Incident.Title)))
}

// text is the whole notice as plain text.
func (w Writer) text(n Notice) string {
	p := w.printer(n, plain())
	text := p.CardPlain(w.card(n)) + "\n\n"
	if link := w.Links.Ack(n.Page); link != "" {
		text += p.Text(messages.New("paging.ack_link", "url", link)) + "\n\n"
	}
	return text + p.Text(messages.New("paging.footer", "page", n.Page.ID)) + "\n"
}

// short is the notice for a telephone's screen. It ends with the mark that Find looks for.
func (w Writer) short(n Notice) string {
	p := w.printer(n, plain())
	arguments := []any{"incident", incident.Label(n.Incident.Number), "severity", n.Incident.Severity.Text(), "title", messages.Shorten(n.Incident.Title, 100), "mark", mark(n.Page)}
	if w.Links.Base == "" { // then replies do not reach opsbot either
		return p.Text(messages.New("paging.sms", arguments...))
	}
	return p.Text(messages.New("paging.sms_reply", arguments...))
}

// spoken is what a voice call says.
func (w Writer) spoken(n Notice) string {
	p := w.printer(n, plain())
	return p.Text(messages.New("paging.spoken", "name", n.Contact.Name, "role", n.Page.Role.Text(), "number", n.Incident.Number,
		"severity", n.Incident.Severity.Text(), "title", messages.Shorten(n.Incident.Title, 200)))
}

func (w Writer) pressKey(n Notice) string {
	return w.printer(n, plain()).Text(messages.New("paging.press_key"))
}

// mark identifies the page in a short text. It is never part of another page's mark.
func mark(p incident.Page) string { return "#" + p.ID + "." }
