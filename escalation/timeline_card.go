package escalation

import (
	"time"

	"opsbot/messages"
)

// cardEntries is how many entries a card shows, the newest; all of them are in the Markdown file.
const cardEntries = 30

// Card is the timeline to read in the thread: the durations, then what happened, in order.
func (t Timeline) Card() messages.Card {
	card := messages.Card{Title: messages.New("escalation.timeline.title", "incident", Label(t.Incident.Number))}
	for _, d := range t.Incident.phases() {
		card.Facts = append(card.Facts, messages.Fact{Label: d.label, Value: d.value})
	}
	entries := t.sortedEntries()
	var lines []messages.Text
	if hidden := len(entries) - cardEntries; hidden > 0 {
		lines = append(lines, messages.New("escalation.timeline.earlier", "count", hidden))
		entries = entries[hidden:]
	}
	for _, e := range entries {
		elapsed := e.At.Sub(t.Incident.OpenedAt).Round(time.Second)
		lines = append(lines, messages.New("escalation.timeline.line", "elapsed", elapsed, "text", e.Text))
	}
	card.Sections = []messages.Section{{List: lines}}
	return card
}
