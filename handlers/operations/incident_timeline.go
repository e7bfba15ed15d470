package operations

import (
	"context"
	"errors"
	"slices"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/k8sops"
	"opsbot/messages"
)

// Format is what a timeline is exported as.
type Format string

// The formats. FormatAll is one file of each.
const (
	FormatMarkdown Format = "markdown"
	FormatHTML     Format = "html"
	FormatJSON     Format = "json"
	FormatAll      Format = "all"
)

func formats() []string {
	return []string{string(FormatMarkdown), string(FormatHTML), string(FormatJSON), string(FormatAll)}
}

func formatArg() k8sops.Arg {
	return k8sops.Arg{
		Name: "format", Summary: messages.New("incident.arg.format"), Kind: k8sops.KindChoice, Choices: formats(), Default: string(FormatMarkdown), Positional: true,
	}
}

// The forms of a postmortem's draft.
const (
	formFiles  = "files"
	formCanvas = "canvas"
)

func forms() []string { return []string{formFiles, formCanvas} }

func formArg() k8sops.Arg {
	return k8sops.Arg{
		Name: "form", Summary: messages.New("incident.arg.form"), Kind: k8sops.KindChoice, Choices: forms(), Default: formFiles, Positional: true,
	}
}

// ErrNoCanvas is for workspaces in which an app cannot make canvases; its text goes on with Slack's reason.
var ErrNoCanvas = errors.New("this Slack workspace has no canvases for apps")

// numberAnd reads an incident and a choice behind it. In the incident's own thread nobody types its number.
func numberAnd(call *k8sops.Call, choice string, choices []string) (number int64, chosen string, err error) {
	incident, chosen := call.Args["incident"], call.Args[choice]
	if slices.Contains(choices, incident) {
		incident, chosen = "", incident
	}
	number, err = numberIn(call, incident)
	return number, chosen, err
}

func (o incidentOperations) timeline(ctx context.Context, call *k8sops.Call) (messages.Card, error) {
	number, format, err := numberAnd(call, "format", formats())
	if err != nil {
		return messages.Card{}, err
	}
	return o.timelines.Timeline(ctx, number, o.locale, Format(format))
}

func (o incidentOperations) postmortem(ctx context.Context, call *k8sops.Call) (messages.Card, error) {
	number, form, err := numberAnd(call, "form", forms())
	if err != nil {
		return messages.Card{}, err
	}
	if form == formCanvas {
		return o.canvas(ctx, call, number)
	}
	return o.timelines.Postmortem(ctx, number, o.locale)
}

// canvas lets everybody in the incident's channel write the postmortem together. Where there are no canvases, the files
// come instead, and why.
func (o incidentOperations) canvas(ctx context.Context, call *k8sops.Call, number int64) (messages.Card, error) {
	link, err := o.timelines.Canvas(ctx, number, o.locale)
	if errors.Is(err, ErrNoCanvas) {
		card, failed := o.timelines.Postmortem(ctx, number, o.locale)
		card.Sections = append([]messages.Section{messages.Paragraph(messages.New("incident.no_canvas", "cause", err))}, card.Sections...)
		return card, failed
	}
	if err != nil {
		return messages.Card{}, err
	}
	made := messages.New("escalation.entry.canvas", "user", messages.User(call.Source.User), "link", messages.Link{URL: link, Label: incident.Label(number)})
	_, err = o.incidents.Act(ctx, number, escalation.Action{
		Kind: escalation.Record, Actor: call.Source.User, Entry: incident.EntryNote, Text: made,
		InThread: call.Source.ThreadTS == "", // else the answer stands there
	})
	return messages.Card{Tone: messages.ToneGood, Title: messages.New("incident.canvas", "incident", incident.Label(number)), Sections: []messages.Section{messages.Paragraph(made)}}, err
}
