package blockkit

import (
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// uniqueBlockID is SF-4.20: one block_id per message or view.
func uniqueBlockID(w *walker, ptr string, o map[string]any) {
	id, _ := o["block_id"].(string)
	if id == "" {
		return
	}
	if w.blockIDs[id] {
		w.fail(ptr+"/block_id", "`block_id` \"%s\" already exists", id)
	}
	w.blockIDs[id] = true
}

// uniqueActions is SF-4.61: one action_id per block.
func uniqueActions(w *walker, ptr string, o map[string]any) {
	w.uniqueActionIDs(ptr+"/elements", o["elements"])
}

func uniqueCardActions(w *walker, ptr string, o map[string]any) {
	w.uniqueActionIDs(ptr+"/actions", o["actions"])
}

func (w *walker) uniqueActionIDs(ptr string, v any) {
	seen := map[string]bool{}
	items, _ := v.([]any)
	for i, item := range items {
		e, _ := item.(map[string]any)
		id, _ := e["action_id"].(string)
		if id != "" && seen[id] {
			w.fail(index(ptr, i)+"/action_id", "`action_id` \"%s\" already exists", id)
		}
		seen[id] = true
	}
}

func textOrFields(w *walker, ptr string, o map[string]any) {
	if !has(o, "text") && !has(o, "fields") {
		w.fail(ptr+"/type", "must define either `text` or `fields`")
	}
}

// imageSource is SF-4.26.
func imageSource(w *walker, ptr string, o map[string]any) {
	w.exactlyOne(ptr, o, "image_url", "slack_file")
}

func fileSource(w *walker, ptr string, o map[string]any) {
	if has(o, "id") == has(o, "url") {
		w.fail(ptr, "invalid slack file")
	}
}

func optionsOrGroups(w *walker, ptr string, o map[string]any) {
	w.exactlyOne(ptr, o, "options", "option_groups")
}

func containerTitle(w *walker, ptr string, o map[string]any) {
	w.exactlyOne(ptr, o, "title", "rich_text_title")
}

func (w *walker) exactlyOne(ptr string, o map[string]any, a, b string) {
	switch {
	case !has(o, a) && !has(o, b):
		w.fail(ptr+"/type", "must define either `%s` or `%s`", a, b)
	case has(o, a) && has(o, b):
		w.fail(ptr+"/type", "must define only one of `%s` or `%s`", a, b)
	}
}

// cardContent is SF-4.34.
func cardContent(w *walker, ptr string, o map[string]any) {
	if !has(o, "hero_image") && !has(o, "title") && !has(o, "actions") && !has(o, "body") {
		w.fail(ptr+"/type", "must define one of `hero_image`, `title`, `actions` or `body`")
	}
}

func oneIcon(w *walker, ptr string, o map[string]any) {
	if has(o, "icon") && has(o, "slack_icon") {
		w.fail(ptr+"/type", "must define only one of `icon` or `slack_icon`")
	}
}

// noDispatchForFiles is SF-4.27.
func noDispatchForFiles(w *walker, ptr string, o map[string]any) {
	e, _ := o["element"].(map[string]any)
	if o["dispatch_action"] == true && e["type"] == "file_input" {
		w.fail(ptr+"/dispatch_action", "must not be used with a `file_input` element")
	}
}

// inputsNeedSubmit is SF-4.27; Slack's pointer ends in the block's type, not in a property.
func inputsNeedSubmit(w *walker, ptr string, o map[string]any) {
	if has(o, "submit") {
		return
	}
	items, _ := o["blocks"].([]any)
	for i, item := range items {
		if b, _ := item.(map[string]any); b["type"] == "input" {
			w.fail(index(ptr+"/blocks", i)+"/input", "must define `submit` to use an `input` block in modals")
		}
	}
}

func sumMarkdown(w *walker, _ string, o map[string]any) {
	s, _ := o["text"].(string)
	w.markdown += utf8.RuneCountInString(s)
}

func sumTable(w *walker, _ string, o map[string]any) {
	w.tables++
	w.tableText += textLength(o["rows"])
}

func sumDataTable(w *walker, _ string, o map[string]any) {
	caption, _ := o["caption"].(string)
	w.dataTableText += utf8.RuneCountInString(caption) + textLength(o["rows"])
}

// textLength adds up every "text" below v.
func textLength(v any) int {
	n := 0
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			n += textLength(item)
		}
	case map[string]any:
		for name, item := range v {
			if s, ok := item.(string); ok && name == "text" {
				n += utf8.RuneCountInString(s)
			} else {
				n += textLength(item)
			}
		}
	}
	return n
}

// equalWidth is SF-4.31.
func equalWidth(w *walker, ptr string, o map[string]any) {
	rows, _ := o["rows"].([]any)
	for i, row := range rows {
		first, _ := rows[0].([]any)
		if cells, ok := row.([]any); ok && len(cells) != len(first) {
			w.fail(index(ptr+"/rows", i), "must provide %d items", len(first))
		}
	}
}

func plainHeader(w *walker, ptr string, o map[string]any) {
	rows, _ := o["rows"].([]any)
	if len(rows) == 0 {
		return
	}
	header, _ := rows[0].([]any)
	for i, cell := range header {
		if c, _ := cell.(map[string]any); c["type"] == "rich_text" {
			w.fail(index(ptr+"/rows/0", i)+"/type", "unsupported type: rich_text")
		}
	}
}

func countChart(w *walker, _ string, _ map[string]any) { w.charts++ }

// positiveValue is SF-4.32: a slice of a pie has a size.
func positiveValue(w *walker, ptr string, o map[string]any) {
	n, ok := o["value"].(json.Number)
	if f, err := n.Float64(); ok && (err != nil || f <= 0) {
		w.fail(ptr+"/value", "must be more than 0")
	}
}

// everyCategory is SF-4.32: every series has a point for every category and no other.
func everyCategory(w *walker, ptr string, o map[string]any) {
	axis, _ := o["axis_config"].(map[string]any)
	categories := stringsOf(axis["categories"], "")
	all, _ := o["series"].([]any)
	for i, item := range all {
		s, _ := item.(map[string]any)
		labels := stringsOf(s["data"], "label")
		slices.Sort(labels)
		if !slices.Equal(labels, slices.Sorted(slices.Values(categories))) {
			w.fail(index(ptr+"/series", i)+"/data", "must provide a value for every category")
		}
	}
}

// stringsOf reads a list of strings, or of objects whose property is a string.
func stringsOf(v any, property string) []string {
	items, _ := v.([]any)
	var all []string
	for _, item := range items {
		if property != "" {
			o, _ := item.(map[string]any)
			item = o[property]
		}
		s, _ := item.(string)
		all = append(all, s)
	}
	return all
}

func has(o map[string]any, name string) bool { _, ok := o[name]; return ok }
