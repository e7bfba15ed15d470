package operations

import (
	"context"

	"opsbot/k8sops"
	"opsbot/messages"
)

// incidentList is /incident list.
type incidentList struct{ Incidents }

// noArgs are the arguments of an operation without any.
type noArgs struct{}

func (o incidentList) spec() k8sops.ReadSpec[noArgs] {
	return k8sops.ReadSpec[noArgs]{
		Meta: k8sops.Meta{
			Name: "incident list", Summary: messages.New("incident.op.list"), Examples: []string{"incident list"}, Owners: everyone(),
		},
		Answer: card(o.answer),
	}
}

// listedIncidents is how many incidents /incident list names.
const listedIncidents = 25

func (o incidentList) answer(ctx context.Context, _ *k8sops.Call, _ noArgs) (messages.Card, error) {
	active, err := o.Service.Incidents(ctx, true, ActiveLimit)
	if err != nil {
		return messages.Card{}, err
	}
	followed, err := o.Service.WithFollowUps(ctx, followUpIncidents)
	if err != nil {
		return messages.Card{}, err
	}
	card := ActiveCard(active, listedIncidents, o.Now())
	card.Sections = append(card.Sections, followUpSection(followed, o.Now())...)
	return card, nil
}
