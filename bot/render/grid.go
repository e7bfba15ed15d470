package render

import (
	"regexp"
	"strings"
	"unicode"

	"opsbot/bot/mrkdwn"
	"opsbot/messages"
)

// grid is the beginning of a table as words: the headings first, every row equally wide, every cell on one line.
type grid struct {
	rows  [][]string
	right []bool
	// hidden is how many rows the table has besides; cut says that a cell was shortened.
	hidden int
	cut    bool
}

func (m *rendering) grid(t messages.Table) grid {
	headings := make([]messages.Text, len(t.Columns))
	for i, c := range t.Columns {
		headings[i] = c.Title
	}
	begin := t.Rows[:min(maxTableRows, len(t.Rows))]
	rows := append([][]messages.Text{headings}, begin...)
	width := 0
	for _, row := range rows {
		width = max(width, len(row))
	}
	g := grid{rows: make([][]string, len(rows)), right: make([]bool, width), hidden: len(t.Rows) - len(begin)}
	for i, c := range t.Columns {
		g.right[i] = c.Right
	}
	for i, row := range rows {
		g.rows[i] = make([]string, width)
		for j, cell := range row {
			word := m.label(cell)
			g.rows[i][j] = mrkdwn.CutPlain(word, maxTableCell)
			g.cut = g.cut || g.rows[i][j] != word
		}
	}
	return g
}

// columns is how many there are.
func (g grid) columns() int { return len(g.right) }

// isNarrow reports whether a phone shows the table whole when it is preformatted.
func (g grid) isNarrow() bool {
	width := -preformattedGap
	for i := range g.columns() {
		width += g.widest(i, messages.DisplayWidth) + preformattedGap
	}
	return !g.cut && width <= phoneColumns
}

// widest is the width of column i's longest cell by measure.
func (g grid) widest(i int, measure func(string) int) int {
	width := 0
	for _, row := range g.rows {
		width = max(width, measure(row[i]))
	}
	return width
}

// longestWord is the width of the longest part of s that is not broken between lines: lines break at spaces, after hyphens and
// slashes, and between Chinese characters.
func longestWord(s string) int {
	longest := 0
	for _, part := range strings.FieldsFunc(s, unicode.IsSpace) {
		for _, word := range breakable.FindAllString(part, -1) {
			longest = max(longest, unbrokenWidth(word))
		}
	}
	return longest
}

var breakable = regexp.MustCompile(`[^-/]*[-/]?`)

func unbrokenWidth(word string) int {
	longest, width := 0, 0
	for _, r := range word {
		w := messages.DisplayWidth(string(r))
		if w == 2 {
			width = 0
		}
		width += w
		longest = max(longest, width)
		if w == 2 {
			width = 0
		}
	}
	return longest
}
