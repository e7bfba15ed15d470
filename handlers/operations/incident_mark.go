package operations

import (
	"context"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/k8sops"
	"opsbot/messages"
)

// incidentArgs are the arguments of an operation that needs to know the incident only.
type incidentArgs struct{ Incident string }

func (a *incidentArgs) declare() []k8sops.Arg { return []k8sops.Arg{incidentArg(&a.Incident)} }

// incidentArg is the incident's number, which nobody types in the incident's own thread.
func incidentArg(into *string) k8sops.Arg {
	return k8sops.Arg{Name: "incident", Into: into, Summary: messages.New("incident.arg.incident"), Positional: true}
}

// mark is an operation that marks an incident, as its button does: /incident ack, escalate, working, resolve, reopen.
func (o Incidents) mark(name string, summary messages.Text, kind escalation.ActionKind) k8sops.ReadSpec[incidentArgs] {
	return k8sops.ReadSpec[incidentArgs]{
		Meta: k8sops.Meta{Name: name, Summary: summary, Examples: []string{name}, Owners: everyone()},
		Args: (*incidentArgs).declare,
		Answer: card(func(ctx context.Context, call *k8sops.Call, args incidentArgs) (messages.Card, error) {
			number, err := incidentNumber(call, args.Incident)
			if err != nil {
				return messages.Card{}, err
			}
			return o.act(ctx, call, number, escalation.Action{Kind: kind})
		}),
	}
}

// act does what the person who called decided about an incident.
func (o Incidents) act(ctx context.Context, call *k8sops.Call, number int64, a escalation.Action) (messages.Card, error) {
	a.Actor = call.Source.User
	if _, err := o.Service.Act(ctx, number, a); err != nil {
		return messages.Card{}, err
	}
	return messages.Card{Tone: messages.ToneGood, Title: messages.New("incident.done", "incident", incident.Label(number))}, nil
}
