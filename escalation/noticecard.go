package escalation

import (
	"time"

	"opsbot/messages"
)

// noticeListed is how many alerts a page outside Slack names.
const noticeListed = 10

// NoticeCard is a page as it is read outside Slack, where there are neither mentions nor buttons. It is made when it is
// sent, so that it tells how the incident is then.
func NoticeCard(inc Incident, p Page, c Contact, quietPeriod time.Duration) messages.Card {
	alerts := inc.sortedAlerts()
	card := messages.Card{
		Tone:  inc.tone(),
		Title: inc.headline(),
		Facts: []messages.Fact{
			{Label: messages.New("escalation.fact.status"), Value: inc.Status.Text()},
			{Label: messages.New("escalation.fact.stage"), Value: clock(inc, quietPeriod)},
		},
		Sections: []messages.Section{
			messages.Paragraph(why(p, inc, c.Name)),
			{List: alertList(alerts, inc, noticeListed)},
		},
	}
	if affected := affectedBy(alerts); affected != "" {
		card.Facts = append(card.Facts, messages.Fact{Label: messages.New("escalation.fact.affected"), Value: messages.Literal(affected)})
	}
	card.Facts = append(card.Facts, messages.Fact{Label: messages.New("escalation.fact.opened"), Value: messages.New("escalation.time", "at", inc.OpenedAt)})
	if links := linksOf(inc, alerts); !links.IsZero() {
		card.Sections = append(card.Sections, messages.Paragraph(links))
	}
	return card
}
