package paging

import (
	_ "embed"
	"fmt"
	"html"
	"html/template"
	"net/url"
	"strings"

	"opsbot/messages"
)

//go:embed notice.html
var noticePage string

// noticeHTML is what the template shows. The texts come from a printer in the HTML format, which has escaped them.
type noticeHTML struct {
	Locale     string
	Color      string
	Title      template.HTML
	Facts      [][2]template.HTML
	Paragraphs []template.HTML
	Alerts     []template.HTML
	AckURL     string
	Ack        template.HTML
	Footer     template.HTML
}

// html is the whole notice as an HTML document without anything that has to be loaded.
func (w Writer) html(n Notice) (string, error) {
	p, card := w.printer(n, htmlFormat()), w.card(n)
	say := func(t messages.Text) template.HTML { return template.HTML(p.Text(t)) }
	view := noticeHTML{
		Locale: p.Locale(), Color: color(card.Tone), Title: say(card.Title), AckURL: w.Links.Ack(n.Page),
		Ack: say(messages.New("paging.ack_button")), Footer: say(messages.New("paging.footer", "page", n.Page.ID)),
	}
	for _, f := range card.Facts {
		view.Facts = append(view.Facts, [2]template.HTML{say(f.Label), say(f.Value)})
	}
	for _, s := range card.Sections {
		if s.Text != nil {
			view.Paragraphs = append(view.Paragraphs, say(*s.Text))
		}
		for _, line := range s.List {
			view.Alerts = append(view.Alerts, say(line))
		}
	}
	var out strings.Builder
	page, err := template.New("notice").Parse(noticePage)
	if err == nil {
		err = page.Execute(&out, view)
	}
	if err != nil {
		return "", fmt.Errorf("write notice: %w", err)
	}
	return out.String(), nil
}

func htmlFormat() messages.Format {
	f := plain()
	f.Escape = html.EscapeString
	f.User = func(id string) string { return html.EscapeString(id) }
	f.Channel = f.User
	f.Code = func(s string) string { return "<code>" + html.EscapeString(s) + "</code>" }
	f.Link = func(target, label string) string {
		u, err := url.Parse(target)
		if err != nil || (u.Scheme != "https" && u.Scheme != "http") {
			return html.EscapeString(label)
		}
		return `<a href="` + html.EscapeString(u.String()) + `">` + html.EscapeString(label) + `</a>`
	}
	return f
}

func color(t messages.Tone) string {
	switch t {
	case messages.ToneBad:
		return "#b3261e"
	case messages.ToneWarning:
		return "#a15c00"
	default:
		return "#1d6b3a"
	}
}
