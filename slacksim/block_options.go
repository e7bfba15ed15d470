package slacksim

import (
	"fmt"
	"slices"
)

// checkChoice refuses an option that the element does not offer.
func checkChoice(element, given map[string]any) error {
	offered := map[string]bool{}
	for _, o := range optionsOf(element) {
		offered[stringOf(o["value"])] = true
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
		if !offered[stringOf(o["value"])] {
			return fmt.Errorf("%q is not among the options", stringOf(o["value"]))
		}
	}
	return nil
}

// optionsOf lists the options of a select, flat.
func optionsOf(element map[string]any) []map[string]any {
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
