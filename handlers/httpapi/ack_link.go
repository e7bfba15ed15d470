package httpapi

import (
	_ "embed"
	"io"
	"net/http"
	"strings"

	"go.uber.org/zap"

	"opsbot/escalation/incident"
	"opsbot/messages"
)

//go:embed ack.css
var ackStyle string

// ackView is what the page shows: a button, or what came of it.
type ackView struct {
	Locale, Title, Status, Text, Button string
}

// showPage answers GET with a button and changes nothing: mail scanners and previews open every link.
func (a *Answers) showPage(w http.ResponseWriter, r *http.Request) {
	p, err := a.open(r.Context(), r.PathValue("token"))
	words := a.words(p, acceptedLanguage(r))
	view := ackView{Locale: words.Locale()}
	switch {
	case err != nil:
		view.Text = words.Text(a.reply(p, err))
		a.logRefusal(r, err)
	case p.isOpen():
		view.fill(words, p)
		view.Text, view.Button = words.Text(messages.New("answer.ask", "name", p.contact.Name)), words.Text(messages.New("answer.button"))
	default:
		view.fill(words, p)
		view.Text = words.Text(messages.New("answer.not_needed", "incident", incident.Label(p.incident.Number)))
	}
	a.write(w, statusOf(err), view)
}

// ackByLink is the press of the button.
func (a *Answers) ackByLink(w http.ResponseWriter, r *http.Request) {
	p, err := a.open(r.Context(), r.PathValue("token"))
	if err == nil {
		err = a.ack(r.Context(), p)
	}
	words := a.words(p, acceptedLanguage(r))
	view := ackView{Locale: words.Locale(), Text: words.Text(a.reply(p, err))}
	if p.ID != "" {
		view.Title = title(words, p)
	}
	if err != nil {
		a.logRefusal(r, err)
	}
	a.write(w, statusOf(err), view)
}

func (v *ackView) fill(words *messages.Printer, p page) {
	v.Title, v.Status = title(words, p), words.Text(p.incident.Status.Text())
}

func title(words *messages.Printer, p page) string {
	return words.Text(messages.New("answer.title", "incident", incident.Label(p.incident.Number), "severity", p.incident.Severity.Text(), "title", p.incident.Title))
}

func (a *Answers) logRefusal(r *http.Request, err error) {
	a.Log.Warn("answer to a page refused", zap.Error(err), zap.String("remote", r.RemoteAddr))
}

// write shows the page to this browser only: its address is a key.
func (a *Answers) write(w http.ResponseWriter, status int, view ackView) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'")
	w.WriteHeader(status)
	if _, err := io.WriteString(w, view.html()); err != nil {
		a.Log.Debug("page not written", zap.Error(err)) // the browser has gone
	}
}

func (v ackView) html() string {
	var page messages.HTMLPage
	page.Add("<!doctype html>\n<html lang=\"", messages.EscapeHTML(v.Locale), `">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>opsbot</title>
<style>
`, messages.Markup(ackStyle), "</style>\n</head>\n<body>")
	if v.Title != "" {
		page.Add("\n<h1>", messages.EscapeHTML(v.Title), "</h1>")
	}
	if v.Status != "" {
		page.Add("\n<p>", messages.EscapeHTML(v.Status), "</p>")
	}
	page.Add("\n<p>", messages.EscapeHTML(v.Text), "</p>")
	if v.Button != "" {
		page.Add("\n<form method=\"post\"><button type=\"submit\">", messages.EscapeHTML(v.Button), "</button></form>")
	}
	page.Add("\n</body>\n</html>\n")
	return page.String()
}

// acceptedLanguage is the first language that the browser names.
func acceptedLanguage(r *http.Request) string {
	first, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	first, _, _ = strings.Cut(first, ";")
	return strings.TrimSpace(first)
}
