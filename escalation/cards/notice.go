package cards

import (
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// noticeListed is how many alerts a page outside Slack names.
const noticeListed = 10

// Notice is a page outside Slack, where there are neither mentions nor buttons. It is drawn when it is sent, so that it shows
// the incident's current state.
func Notice(inc incident.Incident, p incident.Page, c oncall.Contact, quietPeriod time.Duration) messages.Card {
	alerts := inc.SortedAlerts()
	card := messages.Card{
		Tone:  inc.Tone(),
		Title: inc.Headline(),
		Facts: []messages.Fact{
			{Label: messages.New("escalation.fact.status"), Value: inc.Status.Text()},
			{Label: messages.New("escalation.fact.stage"), Value: clock(inc, quietPeriod)},
		},
		Sections: []messages.Section{
			messages.Paragraph(why(p, inc, c.Name)),
			{List: alertList(alerts, inc, noticeListed)},
		},
	}
	if affected := incident.Affected(alerts); affected != "" {
		card.Facts = append(card.Facts, messages.Fact{Label: messages.New("escalation.fact.affected"), Value: messages.Literal(affected)})
	}
	card.Facts = append(card.Facts, messages.Fact{Label: messages.New("escalation.fact.opened"), Value: messages.New("escalation.time", "at", inc.OpenedAt)})
	if links := linksOf(inc, alerts); !links.IsZero() {
		card.Sections = append(card.Sections, messages.Paragraph(links))
	}
	return card
}
