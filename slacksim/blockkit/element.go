package blockkit

import (
	"encoding/json"
	"strings"
)

// Elements lists the elements inside a block: accessory, elements, the element
// of an input, and those of nested blocks.
func Elements(block map[string]any) []map[string]any {
	var out []map[string]any
	for _, key := range []string{"accessory", "element"} {
		if e, ok := block[key].(map[string]any); ok {
			out = append(out, e)
		}
	}
	for _, key := range []string{"elements", "actions"} {
		list, _ := block[key].([]any)
		for _, item := range list {
			if e, ok := item.(map[string]any); ok {
				out = append(out, e)
			}
		}
	}
	return out
}

// Walk calls f for every element of the blocks, nested blocks
// included.
func Walk(blocks []map[string]any, f func(block, element map[string]any)) {
	for _, b := range blocks {
		for _, e := range Elements(b) {
			f(b, e)
		}
		for _, key := range []string{"child_blocks", "elements"} {
			list, _ := b[key].([]any)
			var nested []map[string]any
			for _, item := range list {
				if n, ok := item.(map[string]any); ok && key == "child_blocks" {
					nested = append(nested, n)
				} else if ok && n["type"] == "card" {
					nested = append(nested, n)
				}
			}
			Walk(nested, f)
		}
	}
}

// IsInteractive reports whether the element sends block_actions.
func IsInteractive(e map[string]any) bool {
	kind, _ := e["type"].(string)
	switch kind {
	case "button", "overflow", "checkboxes", "radio_buttons", "datepicker", "timepicker", "datetimepicker",
		"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input",
		"workflow_button", "icon_button", "feedback_buttons":
		return true
	default:
		return strings.HasSuffix(kind, "_select")
	}
}

// Find finds an element by the test, first one wins.
func Find(raw json.RawMessage, match func(block, element map[string]any) bool) (block, element map[string]any) {
	blocks, err := Decode(raw)
	if err != nil {
		return nil, nil
	}
	Walk(blocks, func(b, e map[string]any) {
		if element == nil && match(b, e) {
			block, element = b, e
		}
	})
	return block, element
}

// ByIDs is the test for Find that goes by ids; without a block id any block will do.
func ByIDs(blockID, actionID string) func(b, e map[string]any) bool {
	return func(b, e map[string]any) bool {
		return e["action_id"] == actionID && (blockID == "" || b["block_id"] == blockID)
	}
}

// Label is the text that a person sees on an element.
func Label(element map[string]any) string {
	for _, key := range []string{"text", "placeholder"} {
		if t, ok := element[key].(map[string]any); ok {
			s, _ := t["text"].(string)
			return s
		}
	}
	return ""
}
