package slacksim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Text is everything that can be read on the message: the text argument, then
// all text in blocks and attachments, one piece per line.
func (m Message) Text() string {
	pieces := []string{m.Plain}
	for _, raw := range []json.RawMessage{m.Blocks, m.Attachments} {
		pieces = append(pieces, textIn(raw)...)
	}
	for _, f := range m.Files {
		pieces = append(pieces, f.Title)
	}
	return strings.Join(slices.DeleteFunc(pieces, func(s string) bool { return s == "" }), "\n")
}

func textIn(raw json.RawMessage) []string {
	var v any
	if len(raw) == 0 || json.Unmarshal(raw, &v) != nil {
		return nil
	}
	var out []string
	collectText(v, &out)
	return out
}

func collectText(v any, out *[]string) {
	switch x := v.(type) {
	case []any:
		for _, item := range x {
			collectText(item, out)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(x)) {
			s, isString := x[key].(string)
			switch {
			case !isString:
				collectText(x[key], out)
			case slices.Contains([]string{"text", "alt_text", "title", "pretext", "fallback", "caption"}, key):
				*out = append(*out, s)
			}
		}
	}
}

// Button is a button on a message or view.
type Button struct {
	Label, ActionID, BlockID, Value, Style, URL string
}

// Buttons lists the buttons of the message in the order in which they appear.
func (m Message) Buttons() []Button { return buttonsIn(m.Blocks) }

func buttonsIn(raw json.RawMessage) []Button {
	blocks, err := decodeObjects(raw)
	if err != nil {
		return nil
	}
	var out []Button
	walkElements(blocks, func(b, e map[string]any) {
		if e["type"] == "button" {
			out = append(out, Button{
				Label: label(e), ActionID: stringOf(e["action_id"]), BlockID: stringOf(b["block_id"]),
				Value: stringOf(e["value"]), Style: stringOf(e["style"]), URL: stringOf(e["url"]),
			})
		}
	})
	return out
}

func (m *Message) summary() string {
	text := []rune(strings.ReplaceAll(m.Text(), "\n", " ⏎ "))
	kind := ""
	if m.Ephemeral != "" {
		kind = " (ephemeral)"
	}
	return fmt.Sprintf("%s%s %s", m.TS, kind, string(text[:min(len(text), 160)]))
}

func sortMessages(list []*Message) {
	slices.SortFunc(list, func(a, b *Message) int { return strings.Compare(a.TS, b.TS) })
}
