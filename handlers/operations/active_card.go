package operations

import (
	"time"

	"opsbot/escalation/cards"
	"opsbot/escalation/incident"
	"opsbot/messages"
)

// ActiveLimit bounds how many active incidents are read to be counted; above that the count is "200 or more".
const ActiveLimit = 200

// ActiveCard lists the newest active incidents, at most shown of them, and says how many there are.
func ActiveCard(active []incident.Incident, shown int, now time.Time) messages.Card {
	if len(active) == 0 {
		return messages.Card{Tone: messages.ToneGood, Title: messages.New("incident.none")}
	}
	card := messages.Card{Tone: messages.ToneWarning, Title: messages.New("incident.active", "count", len(active))}
	if len(active) == ActiveLimit {
		card.Title = messages.New("incident.active_many", "count", ActiveLimit)
	}
	for _, inc := range active[:min(len(active), shown)] {
		card.Sections = append(card.Sections, messages.Section{Finding: &messages.Finding{
			Tone: messages.ToneWarning, Text: incidentLine(inc, now),
			Action: &messages.Action{Name: cards.ActionTimeline, Label: messages.New("home.timeline"), Value: cards.Value(inc.Number)},
		}})
	}
	if hidden := len(active) - shown; hidden > 0 {
		card.Sections = append(card.Sections, messages.Paragraph(messages.New("incident.hidden", "count", hidden)))
	}
	return card
}

func incidentLine(inc incident.Incident, now time.Time) messages.Text {
	owner := messages.New("incident.nobody")
	if inc.Owner != "" {
		owner = messages.New("card.user", "user", messages.User(inc.Owner))
	}
	return messages.New("home.incident", "incident", incident.Label(inc.Number), "severity", inc.Severity.Text(), "title", messages.Clip(inc.Title, 150),
		"status", inc.Status.Text(), "age", now.Sub(inc.OpenedAt), "owner", owner)
}
