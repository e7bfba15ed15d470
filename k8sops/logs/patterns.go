package logs

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"opsbot/k8sops"
	"opsbot/messages"
)

// maxPatterns bounds the memory of one container whose error lines all differ.
const maxPatterns = 500

// maxMergedPatterns bounds it for all containers together.
const maxMergedPatterns = 5000

// patternCount counts lines by pattern.
type patternCount map[string]int

// add counts a pattern n times; one more than most patterns is not counted.
func (c patternCount) add(pattern string, n, most int) {
	if _, known := c[pattern]; known || len(c) < most {
		c[strings.Clone(pattern)] += n
	}
}

func patternTable(patterns patternCount) *messages.Table {
	type counted struct {
		pattern string
		n       int
	}
	var sorted []counted
	for pattern, n := range patterns {
		sorted = append(sorted, counted{pattern, n})
	}
	slices.SortFunc(sorted, func(a, b counted) int {
		return cmp.Or(cmp.Compare(b.n, a.n), strings.Compare(a.pattern, b.pattern))
	})
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.column.count"), Right: true},
		{Title: messages.New("k8sops.column.pattern")},
	}}
	for _, c := range sorted[:min(shownPatterns, len(sorted))] {
		table.Rows = append(table.Rows, k8sops.Literals(strconv.Itoa(c.n), messages.Clip(c.pattern, 160)))
	}
	return table
}
