package blockkit

import (
	"encoding/json"
	"maps"
	"strings"
)

// StateKey is the key under which an element's state holds its value, and the
// property of the element that gives the initial one; "" for elements without
// state (SF-3.3, SF-3.5).
func StateKey(kind string) (key, initial string) {
	switch kind {
	case "plain_text_input", "email_text_input", "url_text_input", "number_input":
		return "value", "initial_value"
	case "rich_text_input":
		return "rich_text_value", "initial_value"
	case "file_input":
		return "files", ""
	case "datepicker":
		return "selected_date", "initial_date"
	case "timepicker":
		return "selected_time", "initial_time"
	case "datetimepicker":
		return "selected_date_time", "initial_date_time"
	case "radio_buttons", "static_select", "external_select":
		return "selected_option", "initial_option"
	case "checkboxes", "multi_static_select", "multi_external_select":
		return "selected_options", "initial_options"
	}
	thing, isSelect := strings.CutSuffix(kind, "s_select")
	if !isSelect {
		return "", ""
	}
	if many, ok := strings.CutPrefix(thing, "multi_"); ok {
		return "selected_" + many + "s", "initial_" + many + "s"
	}
	return "selected_" + thing, "initial_" + thing
}

// Values is state.values: every stateful element with what was entered or
// else its initial value.
func Values(raw json.RawMessage, entered State) State {
	values := State{}
	blocks, err := Decode(raw)
	if err != nil {
		return values
	}
	Walk(blocks, func(b, e map[string]any) {
		kind, _ := e["type"].(string)
		key, initial := StateKey(kind)
		if key == "" {
			return
		}
		block, _ := b["block_id"].(string)
		action, _ := e["action_id"].(string)
		value := map[string]any{"type": kind, key: e[initial]}
		if value[key] == nil && (strings.HasPrefix(kind, "multi_") || kind == "checkboxes" || kind == "file_input") {
			value[key] = []any{}
		}
		if given, ok := entered[block][action]; ok {
			value = maps.Clone(given)
			value["type"] = kind
		}
		values.Set(block, action, value)
	})
	return values
}

// IsEmpty reports whether a state value holds nothing.
func IsEmpty(value map[string]any) bool {
	for key, v := range value {
		if key == "type" {
			continue
		}
		switch x := v.(type) {
		case nil:
		case string:
			if x != "" {
				return false
			}
		case []any:
			if len(x) > 0 {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// State is what a person has entered: block_id → action_id → value object.
type State map[string]map[string]map[string]any

// Set keeps what was entered in an element.
func (s State) Set(block, action string, value map[string]any) {
	if s[block] == nil {
		s[block] = map[string]map[string]any{}
	}
	s[block][action] = value
}
