package slacksim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Text is everything that can be read on the message: the text argument, then
// all text in blocks and attachments, one piece per line.
func (m message) Text() string {
	pieces := []string{m.Plain}
	for _, raw := range []json.RawMessage{m.Blocks, m.Attachments} {
		pieces = append(pieces, textIn(raw)...)
	}
	for _, f := range m.Files {
		pieces = append(pieces, f.Title)
	}
	return strings.Join(slices.DeleteFunc(pieces, func(s string) bool { return s == "" }), "\n")
}

// Buttons lists the buttons of the message in the order in which they appear.
func (m message) Buttons() []button { return buttonsIn(m.Blocks) }

func (m *message) summary() string {
	text := []rune(strings.ReplaceAll(m.Text(), "\n", " ⏎ "))
	kind := ""
	if m.Ephemeral != "" {
		kind = " (ephemeral)"
	}
	return fmt.Sprintf("%s%s %s", m.TS, kind, string(text[:min(len(text), 160)]))
}

func sortMessages(list []*message) {
	slices.SortFunc(list, func(a, b *message) int { return strings.Compare(a.TS, b.TS) })
}
