package slacksim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"opsbot/slacksim/blockkit"
	"opsbot/slacksim/client"
)

// press finds the element by action_id, label or value and uses it.
func (a *Actor) press(p client.Press, which string, values []string) (client.Pending, error) {
	block, element := blockkit.Find(p.Blocks(), func(_, e map[string]any) bool { return e["action_id"] == which })
	if element == nil {
		block, element = blockkit.Find(p.Blocks(), func(_, e map[string]any) bool {
			return blockkit.IsInteractive(e) && (blockkit.Label(e) == which || blockkit.String(e["value"]) == which)
		})
	}
	if element == nil {
		return nil, fmt.Errorf("nothing to press called %q; there are %s", which, pressable(p.Blocks()))
	}
	p.BlockID, p.ActionID = blockkit.String(block["block_id"]), blockkit.String(element["action_id"])
	p.Given = map[string]any{}
	if values != nil {
		given, err := a.w.choice(element, values)
		if err != nil {
			return nil, err
		}
		p.Given = given
	}
	return a.w.client.Press(p)
}

func pressable(blocks json.RawMessage) string {
	var names []string
	list, _ := blockkit.Decode(blocks)
	blockkit.Walk(list, func(_, e map[string]any) {
		if blockkit.IsInteractive(e) {
			names = append(names, fmt.Sprintf("%q (%s)", blockkit.Label(e), blockkit.String(e["action_id"])))
		}
	})
	return "[" + strings.Join(names, ", ") + "]"
}

// choice builds what an element sends for the values a person picked.
func (w *Workspace) choice(element map[string]any, values []string) (map[string]any, error) {
	kind := blockkit.String(element["type"])
	key, _ := blockkit.StateKey(kind)
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
		if u := w.People.Find(value); u != nil {
			return u.ID
		}
	case strings.HasPrefix(key, "selected_channel"), strings.HasPrefix(key, "selected_conversation"):
		if c := w.Conversation(value); c != nil {
			return c.ID
		}
	}
	return value
}

func chooseOptions(element map[string]any, key string, values []string) (map[string]any, error) {
	options := blockkit.Options(element)
	chosen := []any{}
	for _, v := range values {
		i := slices.IndexFunc(options, func(o map[string]any) bool { return o["value"] == v || blockkit.Label(o) == v })
		switch {
		case i >= 0:
			chosen = append(chosen, options[i])
		case strings.Contains(blockkit.String(element["type"]), "external_select"):
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
