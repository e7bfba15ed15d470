package operations

import (
	"context"
	"regexp"
	"strings"
	"time"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/handlers"
	"opsbot/k8sops"
	"opsbot/messages"
)

// Timelines draws an incident's timeline, with files of it in the given language and format.
type Timelines interface {
	Timeline(ctx context.Context, number int64, locale string, format Format) (messages.Card, error)
	// Postmortem draws the draft of the incident's postmortem, with files of it.
	Postmortem(ctx context.Context, number int64, locale string) (messages.Card, error)
	// Canvas makes a Slack canvas of the draft, which everybody in the incident's channel may edit, and returns the link to it.
	// The error is an ErrNoCanvas where there are none.
	Canvas(ctx context.Context, number int64, locale string) (link string, err error)
	PageLedger(ctx context.Context, number int64) (messages.Card, error)
}

// Assignable refuses whoever cannot be given an incident: somebody who is no member of the team would never be reached.
type Assignable func(ctx context.Context, slackUser string) error

// IncidentOperations are the operations on incidents: what the buttons of an incident do, for people who type. They
// change nothing in a cluster, so to the access gate they are reads that need no right in Kubernetes.
func IncidentOperations(incidents handlers.Incidents, timelines Timelines, assignable Assignable, locale string, now func() time.Time) []k8sops.Operation {
	o := incidentOperations{incidents, timelines, assignable, locale, now}
	number := k8sops.Arg{Name: "incident", Summary: messages.New("incident.arg.incident"), Kind: k8sops.KindString, Positional: true}
	user := k8sops.Arg{Name: "user", Summary: messages.New("incident.arg.user"), Kind: k8sops.KindString, Positional: true, Required: true}
	note := k8sops.Arg{Name: "note", Summary: messages.New("incident.arg.note"), Kind: k8sops.KindString, Positional: true, Required: true, Rest: true}
	cause := k8sops.Arg{Name: "cause", Summary: messages.New("incident.arg.cause"), Kind: k8sops.KindString, Positional: true, Rest: true}
	severity := k8sops.Arg{
		Name: "severity", Summary: messages.New("incident.arg.severity"), Kind: k8sops.KindChoice, Choices: severities(), Positional: true, Required: true,
	}
	handoffNote := k8sops.Arg{Name: "note", Summary: messages.New("incident.arg.handoff_note"), Kind: k8sops.KindString, Positional: true, Rest: true}
	return []k8sops.Operation{
		o.act("incident ack", messages.New("incident.op.ack"), escalation.Ack, number),
		o.act("incident assign", messages.New("incident.op.assign"), escalation.Assign, user, number),
		o.act("incident diagnosed", messages.New("incident.op.diagnosed"), escalation.Diagnosed, cause),
		o.act("incident escalate", messages.New("incident.op.escalate"), escalation.Escalate, number),
		o.act("incident handoff", messages.New("incident.op.handoff"), escalation.Handoff, user, handoffNote),
		incidentOperation("incident list", messages.New("incident.op.list"), o.list, []string{"incident list"}),
		o.act("incident note", messages.New("incident.op.note"), escalation.Note, note),
		incidentOperation("incident pages", messages.New("incident.op.pages"), o.pages, []string{"incident pages INC-12"}, number),
		incidentOperation("incident postmortem", messages.New("incident.op.postmortem"), o.postmortem, []string{"incident postmortem INC-12", "incident postmortem INC-12 canvas"}, number, formArg()),
		incidentOperation("incident open", messages.New("incident.op.open"), o.open,
			[]string{"incident open checkout hangs for everybody", "incident open --severity warning --role dba replication lags"},
			k8sops.Arg{Name: "title", Summary: messages.New("incident.arg.title"), Kind: k8sops.KindString, Positional: true, Required: true, Rest: true},
			k8sops.Arg{Name: "severity", Summary: messages.New("incident.arg.severity"), Kind: k8sops.KindChoice, Choices: severities(), Default: incident.Critical.String()},
			k8sops.Arg{Name: "role", Summary: messages.New("incident.arg.role"), Kind: k8sops.KindChoice, Choices: roles()}),
		o.act("incident reopen", messages.New("incident.op.reopen"), escalation.Reopen, number),
		o.act("incident resolve", messages.New("incident.op.resolve"), escalation.MarkResolved, number),
		o.act("incident severity", messages.New("incident.op.severity"), escalation.SetSeverity, severity, number),
		incidentOperation("incident timeline", messages.New("incident.op.timeline"), o.timeline, []string{"incident timeline INC-12", "incident timeline INC-12 html"}, number, formatArg()),
		o.act("incident update", messages.New("incident.op.update"), escalation.SetUpdate, note),
		o.act("incident working", messages.New("incident.op.working"), escalation.Working, number),
	}
}

func severities() []string {
	return []string{incident.Critical.String(), incident.Warning.String(), incident.Info.String()}
}

func roles() []string {
	var names []string
	for _, r := range oncall.ContactRoles() {
		names = append(names, string(r))
	}
	return names
}

type incidentOperations struct {
	incidents  handlers.Incidents
	timelines  Timelines
	assignable Assignable
	locale     string
	now        func() time.Time
}

type incidentRun func(context.Context, *k8sops.Call) (messages.Card, error)

func incidentOperation(name string, summary messages.Text, run incidentRun, examples []string, args ...k8sops.Arg) k8sops.Operation {
	return k8sops.Operation{
		Meta: k8sops.Meta{Name: name, Summary: summary, Danger: k8sops.Read, Examples: examples, Owners: []k8sops.Role{k8sops.Everyone}},
		Args: args,
		Answer: func(ctx context.Context, call *k8sops.Call, _ k8sops.Progress) (*k8sops.Result, error) {
			card, err := run(ctx, call)
			if err != nil {
				return nil, handlers.IncidentError(err)
			}
			return &k8sops.Result{Card: card}, nil
		},
	}
}

// act is an operation that does what a button does.
func (o incidentOperations) act(name string, summary messages.Text, kind escalation.ActionKind, args ...k8sops.Arg) k8sops.Operation {
	example := map[escalation.ActionKind]string{
		escalation.Assign: " @dba", escalation.Handoff: " @dba the standby is being rebuilt", escalation.Note: " INC-12 the disk was full",
		escalation.Diagnosed: " the disk was full", escalation.SetSeverity: " critical INC-12", escalation.SetUpdate: " INC-12 orders work again, some are late",
	}[kind]
	run := func(ctx context.Context, call *k8sops.Call) (messages.Card, error) {
		number, words, err := addressed(call, call.Args["note"]+call.Args["cause"])
		if err != nil {
			return messages.Card{}, err
		}
		if kind == escalation.Note && words == "" {
			return messages.Card{}, nothingSaid()
		}
		action := escalation.Action{Kind: kind, Actor: call.Source.User, Severity: incident.ParseSeverity(call.Args["severity"])}
		if words != "" {
			action.Text = messages.Literal(words)
		}
		if kind == escalation.Assign || kind == escalation.Handoff {
			if action.Assignee, err = o.assignee(ctx, call.Args["user"]); err != nil {
				return messages.Card{}, err
			}
		}
		if _, err := o.incidents.Act(ctx, number, action); err != nil {
			return messages.Card{}, err
		}
		return messages.Card{Tone: messages.ToneGood, Title: messages.New("incident.done", "incident", incident.Label(number))}, nil
	}
	return incidentOperation(name, summary, run, []string{name + example}, args...)
}

func (o incidentOperations) open(ctx context.Context, call *k8sops.Call) (messages.Card, error) {
	number, err := o.incidents.Declare(ctx, call.Args["title"], incident.ParseSeverity(call.Args["severity"]), oncall.Role(call.Args["role"]), call.Source.User)
	if err != nil {
		return messages.Card{}, err
	}
	return messages.Card{Tone: messages.ToneGood, Title: messages.New("incident.opened", "incident", incident.Label(number), "title", call.Args["title"])}, nil
}

func (o incidentOperations) list(ctx context.Context, _ *k8sops.Call) (messages.Card, error) {
	active, err := o.incidents.Incidents(ctx, true, activeLimit)
	if err != nil {
		return messages.Card{}, err
	}
	followed, err := o.incidents.WithFollowUps(ctx, followUpIncidents)
	if err != nil {
		return messages.Card{}, err
	}
	card := activeCard(active, listedIncidents, o.now())
	card.Sections = append(card.Sections, followUpSection(followed, o.now())...)
	return card, nil
}

func (o incidentOperations) pages(ctx context.Context, call *k8sops.Call) (messages.Card, error) {
	number, err := numberOf(call)
	if err != nil {
		return messages.Card{}, err
	}
	return o.timelines.PageLedger(ctx, number)
}

// listedIncidents is how many incidents /incident list names.
const listedIncidents = 25

// assignee reads a mention and makes sure that it is somebody who can take an incident.
func (o incidentOperations) assignee(ctx context.Context, mention string) (string, error) {
	user, err := mentionedUser(mention)
	if err != nil {
		return "", err
	}
	return user, o.assignable(ctx, user)
}

// numberOf is the incident that a call names, or else the one it was made in.
func numberOf(call *k8sops.Call) (int64, error) { return numberIn(call, call.Args["incident"]) }

func nothingSaid() error {
	return &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("incident.nothing_said")}
}

// label is an incident's number as people write it in front of a sentence.
var label = regexp.MustCompile(`^(?i:inc-)[0-9]+$`)

// addressed takes the incident's number off the front of a text, where it stands there. A number alone is that too.
func addressed(call *k8sops.Call, text string) (number int64, rest string, err error) {
	first, rest, more := strings.Cut(text, " ")
	if _, bare := incident.ParseNumber(text); label.MatchString(first) || !more && bare == nil {
		number, err = numberIn(call, first)
		return number, strings.TrimSpace(rest), err
	}
	number, err = numberOf(call)
	return number, text, err
}

func numberIn(call *k8sops.Call, value string) (int64, error) {
	if value == "" {
		value = call.Source.Incident
	}
	if value == "" {
		return 0, &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("incident.which"), Suggest: []string{"incident list"}}
	}
	number, err := incident.ParseNumber(value)
	if err != nil {
		return 0, &k8sops.Error{
			Code: k8sops.CodeInvalid, Message: messages.New("incident.bad_number", "value", messages.Code(value)), Suggest: []string{"incident list"}, Cause: err,
		}
	}
	return number, nil
}

// slackMention is a person as Slack writes it: <@U123> or <@U123|name> (SF-2.2).
var slackMention = regexp.MustCompile(`^<@([UW][A-Z0-9]+)(\|[^>]*)?>$`)

func mentionedUser(text string) (string, error) {
	match := slackMention.FindStringSubmatch(text)
	if match == nil {
		return "", &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("incident.not_a_user", "value", messages.Code(text))}
	}
	return match[1], nil
}
