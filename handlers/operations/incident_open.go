package operations

import (
	"context"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/handlers/roster"
	"opsbot/k8sops"
	"opsbot/messages"
)

// incidentOpen is /incident open.
type incidentOpen struct{ Incidents }

type openArgs struct{ Title, Severity, Role string }

func (o incidentOpen) spec() k8sops.ReadSpec[openArgs] {
	return k8sops.ReadSpec[openArgs]{
		Meta: k8sops.Meta{
			Name: "incident open", Summary: messages.New("incident.op.open"),
			Examples: []string{"incident open checkout hangs for everybody", "incident open --severity warning --role dba replication lags"},
			Owners:   everyone(),
		},
		Args: func(a *openArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "title", Into: &a.Title, Summary: messages.New("incident.arg.title"), Positional: true, Required: true, Rest: true},
				{Name: "severity", Into: &a.Severity, Summary: messages.New("incident.arg.severity"), Choices: severities(), Default: incident.Critical.String()},
				{Name: "role", Into: &a.Role, Summary: messages.New("incident.arg.role"), Choices: roster.RoleNames()},
			}
		},
		Answer: card(o.answer),
	}
}

func (o incidentOpen) answer(ctx context.Context, call *k8sops.Call, args openArgs) (messages.Card, error) {
	number, err := o.Service.Declare(ctx, args.Title, incident.ParseSeverity(args.Severity), oncall.Role(args.Role), call.Source.User)
	if err != nil {
		return messages.Card{}, err
	}
	return messages.Card{Tone: messages.ToneGood, Title: messages.New("incident.opened", "incident", incident.Label(number), "title", args.Title)}, nil
}
