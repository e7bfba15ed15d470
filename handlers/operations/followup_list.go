package operations

import (
	"context"

	"opsbot/escalation/incident"
	"opsbot/k8sops"
	"opsbot/messages"
)

// followUpList is /incident followup list.
type followUpList struct{ FollowUps }

func (o followUpList) spec() k8sops.ReadSpec[incidentArgs] {
	return k8sops.ReadSpec[incidentArgs]{
		Meta: k8sops.Meta{
			Name: "incident followup list", Summary: messages.New("followup.op.list"),
			Examples: []string{"incident followup list", "incident followup list INC-12"}, Owners: everyone(),
		},
		Args:   (*incidentArgs).declare,
		Answer: card(o.answer),
	}
}

// answer shows those of one incident or, where none is meant, what is open of all.
func (o followUpList) answer(ctx context.Context, call *k8sops.Call, args incidentArgs) (messages.Card, error) {
	if args.Incident == "" && call.Source.Incident == "" {
		return o.listOpen(ctx)
	}
	number, err := incidentNumber(call, args.Incident)
	if err != nil {
		return messages.Card{}, err
	}
	inc, err := o.Service.Incident(ctx, number)
	if err != nil {
		return messages.Card{}, err
	}
	if len(inc.FollowUps) == 0 {
		return messages.Card{Tone: messages.ToneInfo, Title: messages.New("followup.none", "incident", incident.Label(number))}, nil
	}
	return followUpsCard(inc), nil
}

func (o followUpList) listOpen(ctx context.Context) (messages.Card, error) {
	incidents, err := o.Service.WithFollowUps(ctx, followUpIncidents)
	if err != nil {
		return messages.Card{}, err
	}
	open := openFollowUps(incidents)
	if len(open) == 0 {
		return messages.Card{Tone: messages.ToneGood, Title: messages.New("followup.none_open")}, nil
	}
	card := messages.Card{Title: messages.New("followup.all", "count", len(open))}
	var lines []messages.Text
	for _, f := range open[:min(len(open), listedFollowUps)] {
		lines = append(lines, f.line(o.Now()))
	}
	if hidden := len(open) - listedFollowUps; hidden > 0 {
		lines = append(lines, messages.New("incident.hidden", "count", hidden))
	}
	card.Sections = []messages.Section{{List: lines}}
	return card, nil
}
