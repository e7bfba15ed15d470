package slacksim

import (
	"encoding/json"
	"maps"
	"slices"
)

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
type button struct {
	Label, ActionID, BlockID, Value, Style, URL string
}

func buttonsIn(raw json.RawMessage) []button {
	blocks, err := decodeObjects(raw)
	if err != nil {
		return nil
	}
	var out []button
	walkElements(blocks, func(b, e map[string]any) {
		if e["type"] == "button" {
			out = append(out, button{
				Label: label(e), ActionID: stringOf(e["action_id"]), BlockID: stringOf(b["block_id"]),
				Value: stringOf(e["value"]), Style: stringOf(e["style"]), URL: stringOf(e["url"]),
			})
		}
	})
	return out
}
