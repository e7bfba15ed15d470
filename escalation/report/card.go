package report

import (
	"opsbot/escalation/incident"
	"opsbot/messages"
)

// cardEvents is how many events a card shows, the newest; all of them are in the files.
const cardEvents = 30

// Card is the timeline for the thread: the durations, then what happened, in order. Only the files say when pages arrived.
func (r Report) Card() messages.Card {
	card := messages.Card{Title: messages.New("escalation.timeline.title", "incident", incident.Label(r.Incident.Number))}
	for _, p := range r.Phases {
		card.Facts = append(card.Facts, messages.Fact{Label: p.Name.Text(), Value: p.tookText()})
	}
	var lines []messages.Text
	for _, e := range r.Events {
		if e.Kind != incident.EntryReceipt {
			lines = append(lines, messages.New("escalation.timeline.line", "elapsed", r.elapsed(e.At), "text", e.Text))
		}
	}
	if hidden := len(lines) - cardEvents; hidden > 0 {
		lines = append([]messages.Text{messages.New("escalation.timeline.earlier", "count", hidden)}, lines[hidden:]...)
	}
	card.Sections = []messages.Section{{List: lines}}
	return card
}
