package render

import (
	"strconv"

	"github.com/slack-go/slack"

	"opsbot/bot/mrkdwn"
	"opsbot/messages"
)

const (
	maxListItems = 25
	maxListItem  = 500
)

// sections renders as many sections as there is room for. What does not fit is in one file, and the message says how many
// parts that are.
func (m *rendering) sections(sections []messages.Section) []slack.Block {
	var blocks []slack.Block
	for i, s := range sections {
		share := m.space.share(len(sections) - i)
		if share == 0 {
			m.overflow("message.txt", m.file.CardPlain(messages.Card{Sections: sections[i:]}))
			return append(blocks, slack.NewContextBlock("more", mrkdwnText(m.more(len(sections)-i))))
		}
		blocks = append(blocks, m.part("s"+strconv.Itoa(i+1), s, share)...)
	}
	return blocks
}

// part renders one section into at most share code points; nothing where the section is empty.
func (m *rendering) part(id string, s messages.Section, share int) []slack.Block {
	if s.Finding != nil {
		return m.finding(id, *s.Finding, share)
	}
	if s.Text == nil && s.List == nil && s.Table == nil && s.Code == nil {
		return m.actions(id, s.Actions, share)
	}
	if s.Table != nil {
		return m.table(id, *s.Table, share)
	}
	return m.textBlock(id, m.partText(s, share))
}

func (m *rendering) partText(s messages.Section, share int) string {
	switch {
	case s.Text != nil:
		return m.paragraph(*s.Text, share)
	case s.List != nil:
		return m.list(s.List, share)
	default:
		return m.code(*s.Code, share)
	}
}

func (m *rendering) paragraph(t messages.Text, share int) string {
	text, cut := mrkdwn.Cut(m.mrkdwn.Text(t), share, runes)
	if cut {
		m.overflow("text.txt", m.file.Text(t))
		m.cut = true
	}
	return text
}

func (m *rendering) list(items []messages.Text, share int) string {
	lines, shortened := make([]string, 0, len(items)), false
	for _, item := range items {
		text, cut := mrkdwn.Cut(messages.OneLine(m.mrkdwn.Text(item)), maxListItem, runes)
		lines = append(lines, "• "+orDash(text))
		shortened = shortened || cut
	}
	shown := fitLines(lines, maxListItems, share-m.moreLength())
	if shown.hidden > 0 || shown.cut || shortened {
		m.overflow("list.txt", m.file.PlainSection(messages.Section{List: items}))
	}
	m.cut = m.cut || (shown.hidden == 0 && (shown.cut || shortened))
	return m.withMore(shown.text(), shown.hidden)
}

// finding is a section with the button of the operation that addresses it.
func (m *rendering) finding(id string, f messages.Finding, share int) []slack.Block {
	text, cut := mrkdwn.Cut(m.mrkdwn.Text(f.Text), share/2, runes)
	if cut {
		m.overflow("finding.txt", m.file.Text(f.Text))
		m.cut = true
	}
	block := m.section(id, f.Tone.Mark(text))
	used := runes(block.Text.Text)
	if f.Action != nil {
		if e, n, ok := m.action(*f.Action, share-used); ok {
			block.Accessory = slack.NewAccessory(e)
			used += n
		}
	}
	m.space.take(1, used)
	return []slack.Block{block}
}

// more says that n parts are in a file.
func (m *rendering) more(n int) string {
	return m.mrkdwn.Text(messages.New("card.truncated", "count", n))
}

// moreLength is enough for the longest note that withMore adds.
func (m *rendering) moreLength() int { return runes(m.more(1_000_000_000)) + len("\n__") }

func (m *rendering) withMore(text string, hidden int) string {
	if hidden == 0 {
		return text
	}
	return text + "\n_" + m.more(hidden) + "_"
}
