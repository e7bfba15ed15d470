package render

import (
	"strings"

	"opsbot/bot/mrkdwn"
	"opsbot/messages"
)

// stackedTable is a line for each row, which wraps: "*order-service* · Ready: 3/5 · Image: order:v9".
func (m *rendering) stackedTable(t messages.Table, g grid, share int) string {
	var lines []string
	for _, row := range g.rows[1:] {
		lines = append(lines, m.stackedRow(g.rows[0], row))
	}
	shown := fitLines(lines, maxTableRows, share-m.moreLength())
	hidden := g.hidden + shown.hidden
	m.keepTable(t, hidden, g.cut || shown.cut)
	return m.withMore(shown.text(), hidden)
}

func (m *rendering) stackedRow(headings, row []string) string {
	parts := []string{"*" + mrkdwn.Escape(orDash(row[0])) + "*"}
	if rest := foldCells(headings[1:], row[1:], m.labelled); rest != "" {
		parts = append(parts, mrkdwn.Escape(rest))
	}
	return strings.Join(parts, " · ")
}
