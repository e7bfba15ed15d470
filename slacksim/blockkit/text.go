package blockkit

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Text lists all text that can be read in blocks or attachments: a piece per text, and one per row of a table.
func Text(raw json.RawMessage) []string {
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
		if x["type"] == "table" || x["type"] == "data_table" {
			collectRows(x, out)
			return
		}
		for _, key := range slices.Sorted(maps.Keys(x)) {
			s, isString := x[key].(string)
			switch {
			case key == "confirm": // is read after a click
			case !isString:
				collectText(x[key], out)
			case slices.Contains([]string{"text", "alt_text", "title", "pretext", "fallback", "caption"}, key):
				*out = append(*out, s)
			}
		}
	}
}

// collectRows takes a row's cells together.
func collectRows(table map[string]any, out *[]string) {
	if caption := String(table["caption"]); caption != "" {
		*out = append(*out, caption)
	}
	rows, _ := table["rows"].([]any)
	for _, row := range rows {
		cells, _ := row.([]any)
		texts := make([]string, len(cells))
		for i, cell := range cells {
			var pieces []string
			collectText(cell, &pieces)
			texts[i] = strings.Join(pieces, " ")
		}
		*out = append(*out, strings.Join(texts, " │ "))
	}
}

// Button is a button on a message or view.
type Button struct {
	Label, ActionID, BlockID, Value, Style, URL string
}

// Buttons lists the buttons of blocks in the order in which they appear.
func Buttons(raw json.RawMessage) []Button {
	blocks, err := Decode(raw)
	if err != nil {
		return nil
	}
	var out []Button
	Walk(blocks, func(b, e map[string]any) {
		if e["type"] == "button" {
			out = append(out, Button{
				Label: Label(e), ActionID: String(e["action_id"]), BlockID: String(b["block_id"]),
				Value: String(e["value"]), Style: String(e["style"]), URL: String(e["url"]),
			})
		}
	})
	return out
}
