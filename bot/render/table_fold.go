package render

import (
	"slices"
	"strings"

	"opsbot/messages"
)

// What a phone shows of a table without scrolling, in characters. A page 390 px wide leaves 318 px, of which a character takes
// about 6.9 px and a cell's margins 14 px (measured on slacksim's page). Words longer than widestWord are broken.
const (
	phoneTable  = 42
	cellMargins = 2
	widestWord  = 12
)

// fold puts the columns that a phone has no room for into one last column, each cell with its heading. What comes first in a
// table matters most, so the first columns keep their places.
func (g grid) fold(more string, labelled func(heading, cell string) string) grid {
	keep := g.columnsThatFit()
	if keep == g.columns() {
		return g
	}
	folded := grid{right: append(slices.Clone(g.right[:keep]), false), hidden: g.hidden, cut: g.cut}
	for r, row := range g.rows {
		last := more
		if r > 0 {
			last = foldCells(g.rows[0][keep:], row[keep:], labelled)
		}
		folded.rows = append(folded.rows, append(slices.Clone(row[:keep]), last))
	}
	return folded
}

// columnsThatFit is how many columns a phone shows beside the last one, or all of them.
func (g grid) columnsThatFit() int {
	width, keep := 0, 0
	for i := range g.columns() {
		width += g.narrowest(i) + cellMargins
		if width+widestWord+cellMargins <= phoneTable {
			keep = i + 1
		}
	}
	if width <= phoneTable {
		return g.columns()
	}
	return max(1, keep)
}

// narrowest is the width of column i when its cells are wrapped, at least the space of an empty cell. Short numbers are not wrapped.
func (g grid) narrowest(i int) int {
	if whole := g.widest(i, messages.DisplayWidth); g.right[i] && whole <= widestWord {
		return max(1, whole)
	}
	return max(1, min(widestWord, g.widest(i, longestWord)))
}

// foldCells leaves out what says nothing.
func foldCells(headings, cells []string, labelled func(heading, cell string) string) string {
	var parts []string
	for i, cell := range cells {
		if s := strings.TrimSpace(cell); s != "" && s != "-" && s != dash {
			parts = append(parts, labelled(headings[i], cell))
		}
	}
	return strings.Join(parts, " · ")
}
