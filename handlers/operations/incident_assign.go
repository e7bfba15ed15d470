package operations

import (
	"context"

	"opsbot/escalation"
	"opsbot/handlers/roster"
	"opsbot/k8sops"
	"opsbot/messages"
)

// incidentAssign is /incident assign.
type incidentAssign struct{ Incidents }

type assignArgs struct {
	User     k8sops.Person
	Incident string
}

func (o incidentAssign) spec() k8sops.ReadSpec[assignArgs] {
	return k8sops.ReadSpec[assignArgs]{
		Meta: k8sops.Meta{
			Name: "incident assign", Summary: messages.New("incident.op.assign"), Examples: []string{"incident assign @dba"}, Owners: everyone(),
		},
		Args: func(a *assignArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "user", Into: &a.User, Summary: messages.New("incident.arg.user"), Positional: true, Required: true},
				incidentArg(&a.Incident),
			}
		},
		Answer: card(o.answer),
	}
}

func (o incidentAssign) answer(ctx context.Context, call *k8sops.Call, args assignArgs) (messages.Card, error) {
	number, err := incidentNumber(call, args.Incident)
	if err != nil {
		return messages.Card{}, err
	}
	user, err := o.Assignable.assignee(ctx, args.User)
	if err != nil {
		return messages.Card{}, err
	}
	return o.act(ctx, call, number, escalation.Action{Kind: escalation.Assign, Assignee: user})
}

// incidentHandoff is /incident handoff.
type incidentHandoff struct{ Incidents }

type handoffArgs struct {
	User k8sops.Person
	Note string
}

func (o incidentHandoff) spec() k8sops.ReadSpec[handoffArgs] {
	return k8sops.ReadSpec[handoffArgs]{
		Meta: k8sops.Meta{
			Name: "incident handoff", Summary: messages.New("incident.op.handoff"),
			Examples: []string{"incident handoff @dba the standby is being rebuilt"}, Owners: everyone(),
		},
		Args: func(a *handoffArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "user", Into: &a.User, Summary: messages.New("incident.arg.user"), Positional: true, Required: true},
				{Name: "note", Into: &a.Note, Summary: messages.New("incident.arg.handoff_note"), Positional: true, Rest: true, Multiline: true},
			}
		},
		Answer: card(o.answer),
	}
}

func (o incidentHandoff) answer(ctx context.Context, call *k8sops.Call, args handoffArgs) (messages.Card, error) {
	number, note, err := numberInFront(call, args.Note)
	if err != nil {
		return messages.Card{}, err
	}
	user, err := o.Assignable.assignee(ctx, args.User)
	if err != nil {
		return messages.Card{}, err
	}
	return o.act(ctx, call, number, escalation.Action{Kind: escalation.Handoff, Assignee: user, Text: typed(note)})
}

// assignee reads a mention and makes sure that it is somebody who can be given an incident.
func (may Assignable) assignee(ctx context.Context, mention k8sops.Person) (string, error) {
	user, err := roster.MentionedUser(mention)
	if err != nil {
		return "", err
	}
	return user, may(ctx, user)
}
