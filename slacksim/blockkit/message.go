package blockkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// The totals of a message.
const (
	maxMessageBlocks = 50
	maxViewBlocks    = 100
	warnText         = 11_000
	maxText          = 13_200
	maxMarkdown      = 12_000
	maxTableText     = 10_000
	maxDataTableText = 20_000
	maxCharts        = 2
	maxViewBytes     = 250_000
)

// Message reports what Slack has against blocks as the blocks argument of a chat.* method whose text argument is text.
// Absent, null and empty blocks are a message without blocks and have no problems.
func Message(blocks json.RawMessage, text string) []Problem {
	if len(bytes.TrimSpace(blocks)) == 0 {
		return nil
	}
	v, err := decode(blocks)
	if err != nil {
		return []Problem{{Message: "must provide an array", Pointer: "/blocks", Code: CodeBlocksFormat}}
	}
	if v == nil {
		return nil
	}
	items, ok := v.([]any)
	if !ok || !allObjects(items) {
		return []Problem{{Message: "must provide an array", Pointer: "/blocks", Code: CodeBlocksFormat}}
	}
	w := newWalker(message)
	w.value(list(union(familyBlock), 0, maxMessageBlocks), "/blocks", v)
	w.totals()
	if len(items) > 0 && text == "" {
		w.warn("/text", "missing required field: text")
	}
	return w.problems
}

// totals are the limits over all blocks of one message.
func (w *walker) totals() {
	w.total(w.markdown > maxMarkdown, "must be less than %d characters", maxMarkdown+1)
	w.total(w.dataTableText > maxDataTableText, "must be less than %d characters", maxDataTableText+1)
	w.total(w.tableText > maxTableText, "must be less than %d characters", maxTableText+1)
	w.total(w.charts > maxCharts, "no more than %d items allowed", maxCharts)
	if w.tables > 1 { // the older page refuses a second table with invalid_attachments, the newer one is silent (SF-4.30)
		w.problems = append(w.problems, Problem{Message: "only_one_table_allowed", Pointer: "/blocks", Code: CodeAttachments, Warning: true})
	}
	switch {
	case w.shown > maxText:
		w.problems = append(w.problems, Problem{Message: CodeBlocksTooLong, Pointer: "/blocks", Code: CodeBlocksTooLong})
	case w.shown > warnText:
		w.problems = append(w.problems, Problem{Message: CodeBlocksTooLong, Pointer: "/blocks", Code: CodeBlocksTooLong, Warning: true})
	}
}

func (w *walker) total(over bool, format string, limit int) {
	if over {
		w.fail("/blocks", format, limit)
	}
}

func allObjects(items []any) bool {
	for _, item := range items {
		if _, ok := item.(map[string]any); !ok {
			return false
		}
	}
	return true
}

// decode keeps numbers as written and refuses anything after the value.
func decode(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("data after the value")
	}
	return v, nil
}
