package messages

import (
	"strings"
	"unicode"
)

// columnGap separates columns.
const columnGap = "  "

// TableLines lays t out for a fixed-width face: the headings, a rule, one line per row. A cell is at most maxCell columns
// wide; 0 leaves cells whole. Use it with a printer whose format has no markup.
func (p *Printer) TableLines(t Table, maxCell int) []string {
	cells := p.tableCells(t, maxCell)
	widths := columnWidths(cells)
	lines := make([]string, 0, len(cells)+1)
	for i, row := range cells {
		lines = append(lines, tableLine(row, widths, t.Columns))
		if i == 0 {
			lines = append(lines, tableRule(widths))
		}
	}
	return lines
}

func (p *Printer) tableCells(t Table, maxCell int) [][]string {
	headings := make([]Text, len(t.Columns))
	for i, c := range t.Columns {
		headings[i] = c.Title
	}
	rows := make([][]string, 0, len(t.Rows)+1)
	for _, row := range append([][]Text{headings}, t.Rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = OneLine(p.Text(cell))
			if maxCell > 0 {
				cells[i] = CutWidth(cells[i], maxCell)
			}
		}
		rows = append(rows, cells)
	}
	return rows
}

func columnWidths(rows [][]string) []int {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], DisplayWidth(cell))
		}
	}
	return widths
}

func tableLine(row []string, widths []int, columns []Column) string {
	padded := make([]string, len(row))
	for i, cell := range row {
		padded[i] = pad(cell, widths[i], i < len(columns) && columns[i].Right)
	}
	return strings.TrimRight(strings.Join(padded, columnGap), " ")
}

func tableRule(widths []int) string {
	rules := make([]string, len(widths))
	for i, w := range widths {
		rules[i] = strings.Repeat("─", w)
	}
	return strings.Join(rules, columnGap)
}

// OneLine makes s fit a table cell or a title: every run of white space or control characters is one space.
func OneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// Shorten cuts s to at most limit characters, on one line; what was cut shows as "…".
func Shorten(s string, limit int) string {
	runes := []rune(OneLine(s))
	if len(runes) <= limit {
		return string(runes)
	}
	return string(runes[:limit-1]) + "…"
}
