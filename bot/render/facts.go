package render

import (
	"strconv"

	"github.com/slack-go/slack"

	"opsbot/bot/mrkdwn"
	"opsbot/messages"
)

const (
	factsPerBlock = 10 // SF-4.21
	maxFacts      = 20
	maxFactLabel  = 80
	maxFactValue  = 300
)

// facts are section fields, which Slack shows in two columns.
func (m *rendering) facts(facts []messages.Fact) []slack.Block {
	var fields []*slack.TextBlockObject
	used, cut := 0, false
	for _, f := range facts {
		text, shortened := m.fact(f)
		if len(fields) == maxFacts || used+runes(text) > maxFactText {
			cut = true
			break
		}
		fields = append(fields, mrkdwnText(text))
		used += runes(text)
		cut = cut || shortened
	}
	if cut {
		m.overflow("facts.txt", m.file.CardPlain(messages.Card{Facts: facts}))
		m.cut = true
	}
	return m.factBlocks(fields, used)
}

func (m *rendering) fact(f messages.Fact) (string, bool) {
	label, cutLabel := mrkdwn.Cut(messages.OneLine(m.mrkdwn.Text(f.Label)), maxFactLabel, runes)
	value, cutValue := mrkdwn.Cut(m.mrkdwn.Text(f.Value), maxFactValue, runes)
	return "*" + orDash(label) + "*\n" + orDash(value), cutLabel || cutValue
}

func (m *rendering) factBlocks(fields []*slack.TextBlockObject, used int) []slack.Block {
	var blocks []slack.Block
	for start := 0; start < len(fields); start += factsPerBlock {
		part := fields[start:min(start+factsPerBlock, len(fields))]
		id := slack.SectionBlockOptionBlockID("facts-" + strconv.Itoa(len(blocks)+1))
		blocks = append(blocks, slack.NewSectionBlock(nil, part, nil, id))
	}
	m.space.take(len(blocks), used)
	return blocks
}
