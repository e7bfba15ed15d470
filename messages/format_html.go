package messages

import (
	"html"
	"net/url"
)

// HTML is for exported pages: what a printer makes of a text with it can stand between two tags as it is. Untrusted text
// cannot start markup, and a link leads nowhere but to a web page.
func HTML() Format {
	f := Plain()
	f.Escape = html.EscapeString
	f.User = func(id string) string { return "@" + html.EscapeString(id) }
	f.Channel = func(id string) string { return "#" + html.EscapeString(id) }
	f.Code = func(s string) string { return "<code>" + html.EscapeString(s) + "</code>" }
	f.Link = func(target, label string) string {
		u, err := url.Parse(target)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" {
			return html.EscapeString(label)
		}
		return `<a href="` + html.EscapeString(target) + `" rel="noreferrer">` + html.EscapeString(label) + "</a>"
	}
	return f
}
