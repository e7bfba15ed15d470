package operations

import (
	"context"

	"opsbot/escalation"
	"opsbot/k8sops"
	"opsbot/messages"
)

// incidentDiagnosed is /incident diagnosed.
type incidentDiagnosed struct{ Incidents }

type diagnosedArgs struct{ Cause string }

func (o incidentDiagnosed) spec() k8sops.ReadSpec[diagnosedArgs] {
	return k8sops.ReadSpec[diagnosedArgs]{
		Meta: k8sops.Meta{
			Name: "incident diagnosed", Summary: messages.New("incident.op.diagnosed"),
			Examples: []string{"incident diagnosed the disk was full"}, Owners: everyone(),
		},
		Args: func(a *diagnosedArgs) []k8sops.Arg {
			return []k8sops.Arg{{Name: "cause", Into: &a.Cause, Summary: messages.New("incident.arg.cause"), Positional: true, Rest: true, Multiline: true}}
		},
		Answer: card(o.answer),
	}
}

func (o incidentDiagnosed) answer(ctx context.Context, call *k8sops.Call, args diagnosedArgs) (messages.Card, error) {
	number, cause, err := numberInFront(call, args.Cause)
	if err != nil {
		return messages.Card{}, err
	}
	return o.act(ctx, call, number, escalation.Action{Kind: escalation.Diagnosed, Text: typed(cause)})
}
