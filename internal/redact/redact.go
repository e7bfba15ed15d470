package redact

import (
	"strings"
	"sync"
)

// hidden stands where a secret was.
const hidden = "***"

// standard is made at its first use: programs that redact nothing need no rules.
var standard = sync.OnceValue(newEngine) //nolint:gochecknoglobals // a compiled constant, like a regular expression

// Text hides what is secret in text of one line or many, and removes control sequences.
func Text(text string) string {
	if !strings.Contains(text, "\n") {
		return (&Lines{}).Redact(text)
	}
	if strings.Contains(text, "PRIVATE KEY") {
		text = privateKey.ReplaceAllString(text, hidden)
	}
	lines := Lines{}
	var b strings.Builder
	b.Grow(len(text))
	for line := range strings.Lines(text) {
		content := strings.TrimSuffix(line, "\n")
		b.WriteString(lines.Redact(content))
		b.WriteString(line[len(content):])
	}
	return b.String()
}

// Has reports whether there is something secret in a text.
func Has(text string) bool { return Text(text) != clean(text) }

// Value hides the value of what has a name: a label, a variable. All of it goes where the name says that it is a secret.
func Value(name, value string) string {
	if value != "" && isSecretName(name) && !isNothing(value) {
		return hidden
	}
	return Text(value)
}

// span is a part of a text, in bytes.
type span struct{ start, end int }

// hide replaces spans, which may overlap and come in any order.
func hide(text string, spans []span) string {
	sortSpans(spans)
	var b strings.Builder
	b.Grow(len(text))
	at := 0
	for i := 0; i < len(spans); {
		start, end := spans[i].start, spans[i].end
		for i++; i < len(spans) && spans[i].start <= end; i++ {
			end = max(end, spans[i].end)
		}
		b.WriteString(text[at:start])
		b.WriteString(hidden)
		at = end
	}
	b.WriteString(text[at:])
	return b.String()
}
