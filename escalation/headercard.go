package escalation

import (
	"time"

	"opsbot/messages"
)

// headerCard is the incident's face. It depends on nothing but its arguments, so that an unchanged incident is an
// unchanged message.
func headerCard(directory Directory, inc Incident, quietPeriod time.Duration) messages.Card {
	alerts := inc.sortedAlerts()
	card := messages.Card{
		Tone:     inc.tone(),
		Title:    inc.headline(),
		Facts:    headerFacts(inc, alerts, quietPeriod),
		Sections: []messages.Section{{List: alertList(alerts, inc, listed)}},
		Actions:  actions(inc, directory),
	}
	if links := linksOf(inc, alerts); !links.IsZero() {
		card.Sections = append(card.Sections, messages.Paragraph(links))
	}
	if inc.Status != Resolved {
		if runs := suggestions(inc, alerts); len(runs) > 0 {
			card.Sections = append(card.Sections, messages.Section{Actions: runs})
		}
	}
	return card
}
