package paging

import (
	"html"
	"net/url"

	"opsbot/messages"
)

// html is the whole notice as an HTML document without anything that has to be loaded.
func (w Writer) html(n Notice) string {
	p, card := w.printer(n, htmlFormat()), w.card(n)
	var page messages.HTMLPage
	page.Add("<!doctype html>\n<html lang=\"", messages.EscapeHTML(p.Locale()), `">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>opsbot</title></head>
<body style="margin:0;padding:16px;font:16px/1.5 sans-serif;color:#1c1b1f">
<h1 style="margin:0 0 12px;padding-left:12px;border-left:6px solid `, color(card.Tone), `;font-size:20px">`, p.Markup(card.Title), "</h1>")
	for _, s := range card.Sections {
		if s.Text != nil {
			page.Add("\n<p>", p.Markup(*s.Text), "</p>")
		}
	}
	if ack := w.Links.Ack(n.Page); ack != "" {
		page.Add("\n<p><a href=\"", messages.EscapeHTML(ack), `" style="display:inline-block;padding:10px 18px;border-radius:6px;background:#1d5fa8;color:#ffffff;text-decoration:none">`,
			p.Markup(messages.New("paging.ack_button")), "</a></p>")
	}
	page.Add("\n<table style=\"border-collapse:collapse\">")
	for _, f := range card.Facts {
		page.Add("\n<tr><th style=\"padding:2px 16px 2px 0;text-align:left;font-weight:600\">", p.Markup(f.Label),
			`</th><td style="padding:2px 0">`, p.Markup(f.Value), "</td></tr>")
	}
	page.Add("\n</table>\n<ul>")
	for _, s := range card.Sections {
		for _, line := range s.List {
			page.Add("\n<li>", p.Markup(line), "</li>")
		}
	}
	page.Add("\n</ul>\n<p style=\"color:#605d66;font-size:13px\">", p.Markup(messages.New("paging.footer", "page", n.Page.ID)), "</p>\n</body>\n</html>\n")
	return page.String()
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

func color(t messages.Tone) messages.Markup {
	switch t {
	case messages.ToneBad:
		return "#b3261e"
	case messages.ToneWarning:
		return "#a15c00"
	default:
		return "#1d6b3a"
	}
}
