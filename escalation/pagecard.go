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
			messages.Paragraph(why(p, inc, messages.User(p.Address))),
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
	if p.State == PageAcked {
		card.Footer = []messages.Text{messages.New("escalation.page.answered", "owner", inc.ownerText())}
	} else {
		card.Actions = answers(p, inc)
	}
	return card
}

// why is what the person has to do with it; who is their name or their Slack user. The postmortem is nobody's to acknowledge.
func why(p Page, inc Incident, who any) messages.Text {
	switch {
	case p.Stage == Postmortem:
		return messages.New("escalation.page.postmortem", "user", who, "incident", Label(inc.Number), "role", p.Role.Text())
	case p.Reason == ReasonHandoff && p.Via == ViaSlack && inc.HandoffTo != p.Address: // accepted by now, or too late
		return messages.New("escalation.page.why_handoff_over", "user", who)
	case p.Reason == ReasonHandoff:
		return messages.New("escalation.page.why_handoff", "user", who, "owner", messages.User(inc.Owner))
	case p.Role == Owner:
		return messages.New("escalation.page.why_owner", "user", who, "reason", p.Reason.Text())
	default:
		return messages.New("escalation.page.why", "user", who, "role", p.Role.Text(), "reason", p.Reason.Text())
	}
}

// answers are the buttons of the page: what the person can say to it as things stand.
func answers(p Page, inc Incident) []messages.Action {
	escalate := button(inc, ActionEscalate, messages.New("escalation.button.escalate"), messages.StyleDefault)
	resolve := button(inc, ActionResolve, messages.New("escalation.button.resolve"), messages.StyleDefault)
	switch {
	case p.Stage == Postmortem && inc.Stage == Postmortem:
		return []messages.Action{draftButton(inc), button(inc, ActionPostmortem, messages.New("escalation.button.postmortem"), messages.StylePrimary)}
	case inc.Status == Open:
		return []messages.Action{button(inc, ActionAck, messages.New("escalation.button.ack"), messages.StylePrimary), escalate}
	case inc.Status != Acknowledged:
		return nil
	case p.Reason == ReasonHandoff && inc.HandoffTo == p.Address:
		return []messages.Action{button(inc, ActionAck, messages.New("escalation.button.accept"), messages.StylePrimary)}
	case p.Reason == ReasonHandoff:
		return nil
	case p.Role == Owner:
		return []messages.Action{button(inc, ActionWorking, messages.New("escalation.button.working"), messages.StylePrimary), resolve, escalate}
	default:
		return []messages.Action{resolve, escalate}
	}
}
