package cards

import (
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// Header is the first message of the incident's thread, which is kept current. clusters are the names that the label cluster of an
// alert can have, where there are several.
func Header(directory oncall.Directory, inc incident.Incident, quietPeriod time.Duration, clusters []string) messages.Card {
	alerts := inc.SortedAlerts()
	card := messages.Card{
		Tone:     inc.Tone(),
		Title:    inc.Headline(),
		Facts:    headerFacts(inc, alerts, quietPeriod),
		Sections: []messages.Section{{List: alertList(alerts, inc, HeaderAlerts)}},
		Actions:  actions(inc, directory),
	}
	if links := linksOf(inc, alerts); !links.IsZero() {
		card.Sections = append(card.Sections, messages.Paragraph(links))
	}
	if inc.Status != incident.Resolved {
		if runs := suggestions(inc, alerts, clusters); len(runs) > 0 {
			card.Sections = append(card.Sections, messages.Section{Actions: runs})
		}
	}
	return card
}
