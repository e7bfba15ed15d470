package escalation

import (
	"opsbot/messages"
)

// headerCard is the incident's face. It depends on nothing but its arguments, so that an unchanged incident is an
// unchanged message.
func headerCard(policy Policy, directory Directory, inc Incident) messages.Card {
	alerts := inc.sortedAlerts()
	card := messages.Card{
		Tone:     inc.tone(),
		Title:    inc.headline(),
		Facts:    inc.facts(policy, alerts),
		Sections: []messages.Section{{List: alertList(alerts, inc, listed)}},
		Actions:  inc.actions(directory),
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

func (inc Incident) facts(policy Policy, alerts []Alert) []messages.Fact {
	facts := []messages.Fact{
		{Label: messages.New("escalation.fact.status"), Value: inc.Status.Text()},
		{Label: messages.New("escalation.fact.owner"), Value: inc.ownerText()},
		{Label: messages.New("escalation.fact.stage"), Value: inc.clock(policy)},
		{Label: messages.New("escalation.fact.alerts"), Value: messages.New("escalation.alert.tally",
			"firing", inc.firing(), "total", len(inc.Alerts)+inc.Truncated)},
	}
	if affected := affectedBy(alerts); affected != "" {
		facts = append(facts, messages.Fact{Label: messages.New("escalation.fact.affected"), Value: messages.Literal(affected)})
	}
	return append(facts, messages.Fact{Label: messages.New("escalation.fact.opened"), Value: messages.New("escalation.time", "at", inc.OpenedAt)})
}

// clock is the deadline that runs, as a moment: it stays right without anybody editing the message.
func (inc Incident) clock(policy Policy) messages.Text {
	switch {
	case inc.Status == Quiet:
		return messages.New("escalation.clock.quiet", "until", inc.QuietAt.Add(policy.QuietPeriod))
	case inc.Stage == Done:
		return inc.Stage.Text()
	default:
		return messages.New("escalation.clock.due", "stage", inc.Stage.Text(), "due", inc.StageDueAt)
	}
}
