package operations

import (
	"context"

	"opsbot/k8sops"
	"opsbot/messages"
)

// incidentPages is /incident pages.
type incidentPages struct{ Incidents }

func (o incidentPages) spec() k8sops.ReadSpec[incidentArgs] {
	return k8sops.ReadSpec[incidentArgs]{
		Meta: k8sops.Meta{
			Name: "incident pages", Summary: messages.New("incident.op.pages"), Examples: []string{"incident pages INC-12"}, Owners: everyone(),
		},
		Args:   (*incidentArgs).declare,
		Answer: card(o.answer),
	}
}

func (o incidentPages) answer(ctx context.Context, call *k8sops.Call, args incidentArgs) (messages.Card, error) {
	number, err := incidentNumber(call, args.Incident)
	if err != nil {
		return messages.Card{}, err
	}
	return o.Timelines.PageLedger(ctx, number)
}
