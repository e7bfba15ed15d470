package cards

import (
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// pageListed is how many alerts a page names.
const pageListed = 5

// Page is the direct message of a page: what happened, where, why this person is paged, and the answers.
func Page(inc incident.Incident, p incident.Page) messages.Card {
	alerts := inc.SortedAlerts()
	card := messages.Card{
		Tone:         inc.Tone(),
		Title:        inc.Headline(),
		Notification: messages.New("escalation.page.notification", "incident", incident.Label(inc.Number), "severity", inc.Severity.Text(), "title", inc.Subject()),
		Sections: []messages.Section{
			messages.Paragraph(why(p, inc, messages.User(p.Address))),
			{List: alertList(alerts, inc, pageListed)},
		},
		Facts: []messages.Fact{
			{Label: messages.New("escalation.fact.status"), Value: inc.Status.Text()},
			{Label: messages.New("escalation.fact.thread"), Value: messages.New("escalation.channel", "channel", messages.Channel(inc.Channel))},
		},
	}
	if affected := incident.Affected(alerts); affected != "" {
		card.Facts = append(card.Facts, messages.Fact{Label: messages.New("escalation.fact.affected"), Value: messages.Literal(affected)})
	}
	if p.State == incident.PageAcked {
		card.Footer = []messages.Text{messages.New("escalation.page.answered", "owner", inc.OwnerText())}
	} else {
		card.Actions = answers(p, inc)
	}
	return card
}

// why says why the person is paged. who is their name or their Slack user.
func why(p incident.Page, inc incident.Incident, who any) messages.Text {
	switch {
	case p.Stage == incident.Postmortem:
		return messages.New("escalation.page.postmortem", "user", who, "incident", incident.Label(inc.Number), "role", p.Role.Text())
	case p.Reason == incident.ReasonHandoff && p.Via == oncall.ViaSlack && inc.HandoffTo != p.Address: // accepted by now, or too late
		return messages.New("escalation.page.why_handoff_over", "user", who)
	case p.Reason == incident.ReasonHandoff:
		return messages.New("escalation.page.why_handoff", "user", who, "owner", messages.User(inc.Owner))
	case p.Role == oncall.Owner:
		return messages.New("escalation.page.why_owner", "user", who, "reason", p.Reason.Text())
	default:
		return messages.New("escalation.page.why", "user", who, "role", p.Role.Text(), "reason", p.Reason.Text())
	}
}

// answers are the buttons of the page in the incident's current state.
func answers(p incident.Page, inc incident.Incident) []messages.Action {
	escalate := Button(inc, ActionEscalate, messages.New("escalation.button.escalate"), messages.StyleDefault)
	resolve := Button(inc, ActionResolve, messages.New("escalation.button.resolve"), messages.StyleDefault)
	switch {
	case p.Stage == incident.Postmortem && inc.Stage == incident.Postmortem:
		return []messages.Action{DraftButton(inc), Button(inc, ActionPostmortem, messages.New("escalation.button.postmortem"), messages.StylePrimary)}
	case inc.Status == incident.Open:
		return []messages.Action{Button(inc, ActionAck, messages.New("escalation.button.ack"), messages.StylePrimary), escalate}
	case inc.Status != incident.Acknowledged:
		return nil
	case p.Reason == incident.ReasonHandoff && inc.HandoffTo == p.Address:
		return []messages.Action{Button(inc, ActionAck, messages.New("escalation.button.accept"), messages.StylePrimary)}
	case p.Reason == incident.ReasonHandoff:
		return nil
	case p.Role == oncall.Owner:
		return []messages.Action{Button(inc, ActionWorking, messages.New("escalation.button.working"), messages.StylePrimary), resolve, escalate}
	default:
		return []messages.Action{resolve, escalate}
	}
}
