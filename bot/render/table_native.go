package render

import (
	"strings"

	"github.com/slack-go/slack"

	"opsbot/messages"
)

// emptyCell: Slack refuses a cell without text, and takes a space.
const emptyCell = " "

// nativeTable is a table block (SF-4.30). Of Slack's two kinds it is the one that every client draws, and whose columns can be
// aligned and wrapped; a data_table shows five rows at a time, all aligned alike (SF-4.31). Cells are raw_text, numbers too: Slack
// has refused raw_number. It returns nothing where the table does not fit into the message.
func (m *rendering) nativeTable(id string, t messages.Table, g grid, share int) []slack.Block {
	g = g.fold(m.label(messages.New("card.table_more")), m.labelled)
	shown, used := g.fitRows(share - m.moreLength())
	hidden := g.hidden + len(g.rows) - shown
	if shown < 2 || (hidden > 0 && m.space.blocks < 2) {
		return nil
	}
	m.keepTable(t, hidden, g.cut)
	blocks := []slack.Block{g.block(id, shown)}
	if hidden > 0 {
		more := m.more(hidden)
		used += runes(more)
		blocks = append(blocks, slack.NewContextBlock(id+"-more", mrkdwnText(more)))
	}
	m.space.take(len(blocks), used)
	return blocks
}

// labelled is a cell with its column's heading.
func (m *rendering) labelled(heading, cell string) string {
	if strings.TrimSpace(heading) == "" {
		return cell
	}
	return m.label(messages.New("card.table_cell", "column", heading, "value", cell))
}

// fitRows is how many rows there is room for, and how much text they have.
func (g grid) fitRows(limit int) (rows, used int) {
	for _, row := range g.rows {
		n := 0
		for _, cell := range row {
			n += runes(orEmpty(cell))
		}
		if used+n > limit {
			break
		}
		rows, used = rows+1, used+n
	}
	return rows, used
}

func (g grid) block(id string, rows int) *slack.TableBlock {
	block := slack.NewTableBlock(id)
	for _, row := range g.rows[:rows] {
		cells := make([]slack.TableCell, len(row))
		for i, cell := range row {
			cells[i] = slack.NewTableRawTextCell(orEmpty(cell))
		}
		block.AddRow(cells...)
	}
	return block.WithColumnSettings(g.columnSettings()...)
}

// columnSettings always name an alignment: Slack refuses the empty one that slack-go would send.
func (g grid) columnSettings() []slack.ColumnSetting {
	settings := make([]slack.ColumnSetting, g.columns())
	for i, right := range g.right {
		settings[i] = slack.ColumnSetting{Align: slack.ColumnAlignmentLeft, IsWrapped: true}
		if right {
			settings[i] = slack.ColumnSetting{Align: slack.ColumnAlignmentRight, IsWrapped: g.widest(i, messages.DisplayWidth) > widestWord}
		}
	}
	return settings
}

func orEmpty(s string) string {
	if strings.TrimSpace(s) == "" {
		return emptyCell
	}
	return s
}
