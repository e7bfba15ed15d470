package handlers

import (
	"context"
	"slices"
	"strings"

	"opsbot/escalation"
	"opsbot/k8sops"
	"opsbot/messages"
)

// homeIncidents is how many incidents the Home tab names; who needs more asks /incident list.
const homeIncidents = 10

// Home is what a person's Home tab shows: the active incidents, who the person is here, and the operations to start.
func (d *Dispatcher) Home(ctx context.Context, user string) (cards []messages.Card, locale string, err error) {
	locale = d.localeOf(ctx, user)
	active, err := d.Incidents.Incidents(ctx, true, homeIncidents)
	if err != nil {
		return nil, "", err
	}
	cards = append(cards, activeCard(active))
	id, err := d.Identities.Identify(ctx, user)
	if err != nil {
		return append(cards, errorCard(Record{}, err)), locale, nil
	}
	return append(cards, identityCard(id), d.operationsCard()), locale, nil
}

func activeCard(active []escalation.Incident) messages.Card {
	if len(active) == 0 {
		return messages.Card{Tone: messages.ToneGood, Title: messages.New("incident.none")}
	}
	card := messages.Card{Tone: messages.ToneWarning, Title: messages.New("incident.active", "count", len(active))}
	for _, inc := range active {
		line := messages.New("home.incident", "incident", escalation.Label(inc.Number), "severity", inc.Severity.Text(), "title", clip(inc.Title, 150), "status", inc.Status.Text())
		card.Sections = append(card.Sections, messages.Section{Finding: &messages.Finding{Tone: messages.ToneWarning, Text: line, Action: &messages.Action{
			Name: escalation.ActionTimeline, Label: messages.New("home.timeline"), Value: escalation.Value(inc.Number),
		}}})
	}
	return card
}

func identityCard(id k8sops.Identity) messages.Card {
	return messages.Card{Title: messages.New("home.you"), Facts: []messages.Fact{
		{Label: messages.New("home.user"), Value: messages.New("card.code", "text", messages.Code(id.User))},
		{Label: messages.New("home.groups"), Value: messages.New("card.code", "text", messages.Code(strings.Join(id.Groups, ", ")))},
	}}
}

// operationsCard has a button per operation; one that needs arguments opens a form.
func (d *Dispatcher) operationsCard() messages.Card {
	card := messages.Card{Title: messages.New("home.operations")}
	for _, op := range d.Catalog {
		button := messages.Action{Name: ActionRun, Label: messages.Literal("/" + op.Name), Value: op.Name}
		if slices.ContainsFunc(op.Args, func(a k8sops.Arg) bool { return a.Required }) {
			button.Name, button.Label = ActionForm, messages.Literal("/"+op.Name+" …")
		}
		card.Actions = append(card.Actions, button)
	}
	return card
}
