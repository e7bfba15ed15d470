package escalation

import "opsbot/messages"

// pageListed is how many alerts a page names.
const pageListed = 5

// pageCard is the direct message of a page: what, where, why you, and the two answers that count.
func pageCard(inc Incident, p Page) messages.Card {
	alerts := inc.sortedAlerts()
	card := messages.Card{
		Tone:         inc.tone(),
		Title:        inc.headline(),
		Notification: messages.New("escalation.page.notification", "incident", Label(inc.Number), "severity", inc.Severity.Text(), "title", inc.subject()),
		Sections: []messages.Section{
			messages.Paragraph(p.whyText(inc)),
			{List: alertList(alerts, inc, pageListed)},
		},
		Facts: []messages.Fact{
			{Label: messages.New("escalation.fact.status"), Value: inc.Status.Text()},
			{Label: messages.New("escalation.fact.thread"), Value: messages.New("escalation.channel", "channel", messages.Channel(inc.Channel))},
		},
	}
	if affected := affectedBy(alerts); affected != "" {
		card.Facts = append(card.Facts, messages.Fact{Label: messages.New("escalation.fact.affected"), Value: messages.Literal(affected)})
	}
	switch {
	case p.State == PageAcked:
		card.Footer = []messages.Text{messages.New("escalation.page.answered", "owner", inc.ownerText())}
	case p.Stage == Postmortem && inc.Stage == Postmortem:
		card.Actions = []messages.Action{inc.draftButton(), inc.button(ActionPostmortem, messages.New("escalation.button.postmortem"), messages.StylePrimary)}
	case inc.Status == Open:
		card.Actions = []messages.Action{
			inc.button(ActionAck, messages.New("escalation.button.ack"), messages.StylePrimary),
			inc.button(ActionEscalate, messages.New("escalation.button.escalate"), messages.StyleDefault),
		}
	case inc.Status == Acknowledged:
		card.Actions = []messages.Action{
			inc.button(ActionResolve, messages.New("escalation.button.resolve"), messages.StyleDefault),
			inc.button(ActionEscalate, messages.New("escalation.button.escalate"), messages.StyleDefault),
		}
	}
	return card
}

// whyText says what is expected of whom. The postmortem is nobody's to acknowledge.
func (p Page) whyText(inc Incident) messages.Text {
	if p.Stage == Postmortem {
		return messages.New("escalation.page.postmortem", "user", messages.User(p.Address), "incident", Label(inc.Number), "role", p.Role.Text())
	}
	return messages.New("escalation.page.why", "user", messages.User(p.Address), "role", p.Role.Text(), "reason", p.Reason.Text())
}
