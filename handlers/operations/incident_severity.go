package operations

import (
	"context"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/k8sops"
	"opsbot/messages"
)

// incidentSeverity is /incident severity.
type incidentSeverity struct{ Incidents }

type severityArgs struct{ Severity, Incident string }

func (o incidentSeverity) spec() k8sops.ReadSpec[severityArgs] {
	return k8sops.ReadSpec[severityArgs]{
		Meta: k8sops.Meta{
			Name: "incident severity", Summary: messages.New("incident.op.severity"), Examples: []string{"incident severity critical INC-12"}, Owners: everyone(),
		},
		Args: func(a *severityArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "severity", Into: &a.Severity, Summary: messages.New("incident.arg.severity"), Choices: severities(), Positional: true, Required: true},
				incidentArg(&a.Incident),
			}
		},
		Answer: card(o.answer),
	}
}

func severities() []string {
	return []string{incident.Critical.String(), incident.Warning.String(), incident.Info.String()}
}

func (o incidentSeverity) answer(ctx context.Context, call *k8sops.Call, args severityArgs) (messages.Card, error) {
	number, err := incidentNumber(call, args.Incident)
	if err != nil {
		return messages.Card{}, err
	}
	return o.act(ctx, call, number, escalation.Action{Kind: escalation.SetSeverity, Severity: incident.ParseSeverity(args.Severity)})
}
