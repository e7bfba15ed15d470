package messages

import (
	"html"
	"strings"
)

// Markup is HTML that can stand in a page as it is. Constants become Markup by themselves; whatever else a page shows is escaped by
// EscapeHTML, or comes from a printer in the format HTML. Pages are written in Go, because html/template can call any method by its
// name, so that the linker has to keep every method of every type: half of the binary.
type Markup string

// EscapeHTML makes a string harmless between two tags and inside of a quoted attribute.
func EscapeHTML(s string) Markup { return Markup(html.EscapeString(s)) }

// Markup renders t. The printer's format must be HTML, or that with names.
func (p *Printer) Markup(t Text) Markup { return Markup(p.Text(t)) }

// Attribute is m inside of an attribute in double quotes.
func (m Markup) Attribute() Markup { return Markup(strings.ReplaceAll(string(m), `"`, "&#34;")) }

// HTMLPage is a page that is being written.
type HTMLPage struct{ text strings.Builder }

// Add writes the parts one behind the other.
func (h *HTMLPage) Add(parts ...Markup) {
	for _, p := range parts {
		h.text.WriteString(string(p))
	}
}

func (h *HTMLPage) String() string { return h.text.String() }
