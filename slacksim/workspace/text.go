package workspace

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"opsbot/slacksim/blockkit"
)

// Text is everything that can be read on the message: the text argument, then
// all text in blocks and attachments, one piece per line.
func (m Message) Text() string {
	pieces := []string{m.Plain}
	for _, raw := range []json.RawMessage{m.Blocks, m.Attachments} {
		pieces = append(pieces, blockkit.Text(raw)...)
	}
	for _, f := range m.Files {
		pieces = append(pieces, f.Title)
	}
	return strings.Join(slices.DeleteFunc(pieces, func(s string) bool { return s == "" }), "\n")
}

// Buttons lists the buttons of the message in the order in which they appear.
func (m Message) Buttons() []blockkit.Button { return blockkit.Buttons(m.Blocks) }

// Summary is the message in one line.
func (m *Message) Summary() string {
	text := []rune(strings.ReplaceAll(m.Text(), "\n", " ⏎ "))
	kind := ""
	if m.Ephemeral != "" {
		kind = " (ephemeral)"
	}
	return fmt.Sprintf("%s%s %s", m.TS, kind, string(text[:min(len(text), 160)]))
}

// SortMessages sorts by ts, the oldest first.
func SortMessages(list []*Message) {
	slices.SortFunc(list, func(a, b *Message) int { return strings.Compare(a.TS, b.TS) })
}
