package slacksim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// press finds the element by action_id, label or value and uses it.
func (a *Actor) press(p press, which string, values []string) (pending, error) {
	block, element := findElement(p.blocks(), func(_, e map[string]any) bool { return e["action_id"] == which })
	if element == nil {
		block, element = findElement(p.blocks(), func(_, e map[string]any) bool {
			return isInteractive(e) && (label(e) == which || stringOf(e["value"]) == which)
		})
	}
	if element == nil {
		return nil, fmt.Errorf("nothing to press called %q; there are %s", which, pressable(p.blocks()))
	}
	p.blockID, p.actionID = stringOf(block["block_id"]), stringOf(element["action_id"])
	p.given = map[string]any{}
	if values != nil {
		given, err := a.w.choice(element, values)
		if err != nil {
			return nil, err
		}
		p.given = given
	}
	return a.w.client.act(p)
}

func pressable(blocks json.RawMessage) string {
	var names []string
	list, _ := decodeObjects(blocks)
	walkElements(list, func(_, e map[string]any) {
		if isInteractive(e) {
			names = append(names, fmt.Sprintf("%q (%s)", label(e), stringOf(e["action_id"])))
		}
	})
	return "[" + strings.Join(names, ", ") + "]"
}

// choice builds what an element sends for the values a person picked.
func (w *Workspace) choice(element map[string]any, values []string) (map[string]any, error) {
	kind := stringOf(element["type"])
	key, _ := stateKey(kind)
	if kind == "overflow" {
		key = "selected_option"
	}
	switch key {
	case "":
		return nil, fmt.Errorf("a %s has nothing to select", kind)
	case "selected_option", "selected_options":
		return chooseOptions(element, key, values)
	}
	many := strings.HasSuffix(key, "s") && strings.HasPrefix(kind, "multi_")
	ids := make([]any, 0, len(values))
	for _, v := range values {
		ids = append(ids, w.idFor(key, v))
	}
	if many {
		return map[string]any{key: ids}, nil
	}
	if key == "selected_date_time" {
		return map[string]any{key: json.Number(values[0])}, nil
	}
	return map[string]any{key: ids[0]}, nil
}

// idFor lets tests name users and channels instead of knowing their ids.
func (w *Workspace) idFor(key, value string) string {
	switch {
	case strings.HasPrefix(key, "selected_user"):
		if u := w.people.find(value); u != nil {
			return u.id
		}
	case strings.HasPrefix(key, "selected_channel"), strings.HasPrefix(key, "selected_conversation"):
		if c := w.conversation(value); c != nil {
			return c.id
		}
	}
	return value
}

func chooseOptions(element map[string]any, key string, values []string) (map[string]any, error) {
	options := optionsOf(element)
	chosen := []any{}
	for _, v := range values {
		i := slices.IndexFunc(options, func(o map[string]any) bool { return o["value"] == v || label(o) == v })
		switch {
		case i >= 0:
			chosen = append(chosen, options[i])
		case strings.Contains(stringOf(element["type"]), "external_select"):
			chosen = append(chosen, map[string]any{"text": map[string]any{"type": "plain_text", "text": v}, "value": v})
		default:
			return nil, fmt.Errorf("%q is not among the options", v)
		}
	}
	if key == "selected_option" {
		return map[string]any{key: chosen[0]}, nil
	}
	return map[string]any{key: chosen}, nil
}
