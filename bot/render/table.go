package render

import (
	"strings"

	"github.com/slack-go/slack"

	"opsbot/messages"
)

const (
	maxTableRows = 40 // for looks; Slack's own tables take 100 (SF-4.30)
	maxTableCell = 200

	// phoneColumns is how wide a preformatted line may be on a phone. Of a page 390 px wide, the avatar, the margins and the frame
	// leave 294 px, which are 39 characters of 7.5 px (measured on slacksim's page). What is wider has to be scrolled there, and
	// wraps in Slack's own app.
	phoneColumns = 38
	// preformattedGap is what messages.TableLines puts between columns.
	preformattedGap = 2
)

// table draws t so that a phone shows every column. What is narrow is preformatted; what is wide is Slack's own table, which wraps its
// cells, or, where there can be none, a line for each row (ADR 0016).
func (m *rendering) table(id string, t messages.Table, share int) []slack.Block {
	g := m.grid(t)
	if len(t.Rows) == 0 || g.isNarrow() { // without rows there is nothing to stack
		return m.textBlock(id, m.preformattedTable(t, share))
	}
	if m.mayUseTable {
		if blocks := m.nativeTable(id, t, g, share); len(blocks) > 0 {
			m.mayUseTable, m.hasTable = false, true
			return blocks
		}
	}
	return m.textBlock(id, m.stackedTable(t, g, share))
}

// textBlock is a section with text; nothing where there is no text.
func (m *rendering) textBlock(id, text string) []slack.Block {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	m.space.take(1, runes(text))
	return []slack.Block{m.section(id, text)}
}

// keepTable keeps the whole table in a file where the message shows less of it.
func (m *rendering) keepTable(t messages.Table, hidden int, cut bool) {
	if hidden > 0 || cut {
		m.overflow("table.txt", m.file.PlainSection(messages.Section{Table: &t}))
	}
	m.cut = m.cut || (hidden == 0 && cut)
}
