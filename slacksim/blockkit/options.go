package blockkit

import (
	"fmt"
	"slices"
)

// CheckChoice refuses an option that the element does not offer.
func CheckChoice(element, given map[string]any) error {
	offered := map[string]bool{}
	for _, o := range Options(element) {
		offered[String(o["value"])] = true
	}
	if len(offered) == 0 {
		return nil
	}
	chosen, _ := given["selected_options"].([]any)
	if one, ok := given["selected_option"].(map[string]any); ok {
		chosen = append(slices.Clone(chosen), one)
	}
	for _, c := range chosen {
		o, _ := c.(map[string]any)
		if !offered[String(o["value"])] {
			return fmt.Errorf("%q is not among the options", String(o["value"]))
		}
	}
	return nil
}

// Options lists the options of a select, flat.
func Options(element map[string]any) []map[string]any {
	var out []map[string]any
	add := func(list any) {
		items, _ := list.([]any)
		for _, item := range items {
			if o, ok := item.(map[string]any); ok {
				out = append(out, o)
			}
		}
	}
	add(element["options"])
	groups, _ := element["option_groups"].([]any)
	for _, g := range groups {
		if group, ok := g.(map[string]any); ok {
			add(group["options"])
		}
	}
	return out
}
