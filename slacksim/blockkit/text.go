package blockkit

import (
	"encoding/json"
	"maps"
	"slices"
)

// Text lists all text that can be read in blocks or attachments.
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
