package handlers

import (
	"context"
	"strings"
	"time"

	"opsbot/escalation"
	"opsbot/k8sops"
	"opsbot/messages"
)

// Timelines renders an incident's timeline.
type Timelines interface {
	Timeline(ctx context.Context, number int64, locale string) (markdown string, err error)
}

// IncidentOperations are the operations on incidents: what the buttons of an incident do, for people who type. They
// change nothing in a cluster, so to the access gate they are reads that need no right in Kubernetes.
func IncidentOperations(incidents Incidents, timelines Timelines, locale string, now func() time.Time) []k8sops.Operation {
	o := incidentOperations{incidents, timelines, locale, now}
	incident := k8sops.Arg{Name: "incident", Summary: messages.New("incident.arg.incident"), Kind: k8sops.KindString, Positional: true}
	user := k8sops.Arg{Name: "user", Summary: messages.New("incident.arg.user"), Kind: k8sops.KindString, Positional: true, Required: true}
	note := k8sops.Arg{Name: "note", Summary: messages.New("incident.arg.note"), Kind: k8sops.KindString, Positional: true, Required: true, Rest: true}
	return []k8sops.Operation{
		o.act("incident ack", messages.New("incident.op.ack"), escalation.Ack, incident),
		o.act("incident assign", messages.New("incident.op.assign"), escalation.Assign, user, incident),
		o.act("incident diagnosed", messages.New("incident.op.diagnosed"), escalation.Diagnosed, incident),
		o.act("incident escalate", messages.New("incident.op.escalate"), escalation.Escalate, incident),
		o.operation("incident list", messages.New("incident.op.list"), o.list, []string{"incident list"}),
		o.act("incident note", messages.New("incident.op.note"), escalation.Note, note),
		o.act("incident reopen", messages.New("incident.op.reopen"), escalation.Reopen, incident),
		o.act("incident resolve", messages.New("incident.op.resolve"), escalation.MarkResolved, incident),
		o.operation("incident timeline", messages.New("incident.op.timeline"), o.timeline, []string{"incident timeline INC-12"}, incident),
	}
}

type incidentOperations struct {
	incidents Incidents
	timelines Timelines
	locale    string
	now       func() time.Time
}

type incidentRun func(context.Context, *k8sops.Call) (messages.Card, error)

func (o incidentOperations) operation(name string, summary messages.Text, run incidentRun, examples []string, args ...k8sops.Arg) k8sops.Operation {
	return k8sops.Operation{
		Name: name, Summary: summary, Danger: k8sops.Read, Args: args, Examples: examples, Owners: []k8sops.Role{k8sops.Everyone},
		Run: func(ctx context.Context, call *k8sops.Call, _ *k8sops.Plan, _ k8sops.Progress) (*k8sops.Result, error) {
			card, err := run(ctx, call)
			if err != nil {
				return nil, incidentError(err)
			}
			return &k8sops.Result{Card: card}, nil
		},
	}
}

// act is an operation that does what a button does.
func (o incidentOperations) act(name string, summary messages.Text, kind escalation.ActionKind, args ...k8sops.Arg) k8sops.Operation {
	example := map[escalation.ActionKind]string{escalation.Assign: " @dba", escalation.Note: " the disk was full"}[kind]
	run := func(ctx context.Context, call *k8sops.Call) (messages.Card, error) {
		number, err := numberOf(call)
		if err != nil {
			return messages.Card{}, err
		}
		action := escalation.Action{Kind: kind, Actor: call.Source.User}
		if kind == escalation.Assign {
			if action.Assignee, err = mentionedUser(call.Args["user"]); err != nil {
				return messages.Card{}, err
			}
		}
		if kind == escalation.Note {
			action.Text = messages.Literal(call.Args["note"])
		}
		if _, err := o.incidents.Act(ctx, number, action); err != nil {
			return messages.Card{}, err
		}
		return messages.Card{Tone: messages.ToneGood, Title: messages.New("incident.done", "incident", escalation.Label(number))}, nil
	}
	return o.operation(name, summary, run, []string{name + example}, args...)
}

func (o incidentOperations) list(ctx context.Context, _ *k8sops.Call) (messages.Card, error) {
	active, err := o.incidents.Incidents(ctx, true, activeLimit)
	if err != nil {
		return messages.Card{}, err
	}
	if len(active) == 0 {
		return messages.Card{Tone: messages.ToneGood, Title: messages.New("incident.none")}, nil
	}
	table := messages.Table{Columns: []messages.Column{
		{Title: messages.New("incident.column.incident")}, {Title: messages.New("incident.column.severity")}, {Title: messages.New("incident.column.status")},
		{Title: messages.New("incident.column.age"), Right: true}, {Title: messages.New("incident.column.owner")}, {Title: messages.New("incident.column.title")},
	}}
	for _, inc := range active {
		owner := messages.New("incident.nobody")
		if inc.Owner != "" {
			owner = messages.New("card.user", "user", messages.User(inc.Owner))
		}
		table.Rows = append(table.Rows, []messages.Text{
			messages.Literal(escalation.Label(inc.Number)), inc.Severity.Text(), inc.Status.Text(),
			messages.Literal(messages.Duration(o.now().Sub(inc.OpenedAt))), owner, messages.Literal(inc.Title),
		})
	}
	return messages.Card{Tone: messages.ToneWarning, Title: messages.New("incident.active", "count", len(active)), Sections: []messages.Section{{Table: &table}}}, nil
}

func (o incidentOperations) timeline(ctx context.Context, call *k8sops.Call) (messages.Card, error) {
	number, err := numberOf(call)
	if err != nil {
		return messages.Card{}, err
	}
	markdown, err := o.timelines.Timeline(ctx, number, o.locale)
	if err != nil {
		return messages.Card{}, err
	}
	label := escalation.Label(number)
	title := messages.New("incident.timeline", "incident", label)
	return messages.Card{
		Title: title, Sections: []messages.Section{{Code: &messages.Block{Content: markdown}}},
		Files: []messages.File{{Name: strings.ToLower(label) + "-timeline.md", Title: title, Content: []byte(markdown)}},
	}, nil
}

// numberOf is the incident that a call names, or else the one it was made in.
func numberOf(call *k8sops.Call) (int64, error) {
	value := call.Args["incident"]
	if value == "" {
		value = call.Source.Incident
	}
	if value == "" {
		return 0, &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("incident.which"), Suggest: []string{"incident list"}}
	}
	number, err := escalation.ParseValue(value)
	if err != nil {
		return 0, &k8sops.Error{
			Code: k8sops.CodeInvalid, Message: messages.New("incident.bad_number", "value", messages.Code(value)), Suggest: []string{"incident list"}, Cause: err,
		}
	}
	return number, nil
}

// mentionedUser reads a mention as Slack writes it: <@U123> or <@U123|name> (SF-2.2).
func mentionedUser(text string) (string, error) {
	id, ok := strings.CutPrefix(text, "<@")
	id, closed := strings.CutSuffix(id, ">")
	id, _, _ = strings.Cut(id, "|")
	if !ok || !closed || id == "" {
		return "", &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("incident.not_a_user", "value", messages.Code(text))}
	}
	return id, nil
}
