package operations

import (
	"context"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/k8sops"
	"opsbot/messages"
)

// followUpDone is /incident followup done.
type followUpDone struct{ FollowUps }

type followUpDoneArgs struct {
	Number   int
	Incident string
}

func (o followUpDone) spec() k8sops.ReadSpec[followUpDoneArgs] {
	return k8sops.ReadSpec[followUpDoneArgs]{
		Meta: k8sops.Meta{
			Name: "incident followup done", Summary: messages.New("followup.op.done"), Examples: []string{"incident followup done 2 INC-12"}, Owners: everyone(),
		},
		Args: func(a *followUpDoneArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "number", Into: &a.Number, Summary: messages.New("followup.arg.number"), Min: 1, Max: 1000, Positional: true, Required: true},
				incidentArg(&a.Incident),
			}
		},
		Answer: card(o.answer),
	}
}

func (o followUpDone) answer(ctx context.Context, call *k8sops.Call, args followUpDoneArgs) (messages.Card, error) {
	number, err := incidentNumber(call, args.Incident)
	if err != nil {
		return messages.Card{}, err
	}
	done := incident.FollowUp{Number: args.Number}
	return o.act(ctx, number, escalation.Action{Kind: escalation.FinishFollowUp, Actor: call.Source.User, FollowUp: done})
}
