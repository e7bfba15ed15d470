package handlers

import (
	"context"
	"slices"

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

func (o incidentOperations) timeline(ctx context.Context, call *k8sops.Call) (messages.Card, error) {
	incident, format := call.Args["incident"], call.Args["format"]
	if slices.Contains(formats(), incident) { // in the incident's own thread nobody types its number
		incident, format = "", incident
	}
	number, err := numberIn(call, incident)
	if err != nil {
		return messages.Card{}, err
	}
	return o.timelines.Timeline(ctx, number, o.locale, Format(format))
}

func (o incidentOperations) postmortem(ctx context.Context, call *k8sops.Call) (messages.Card, error) {
	number, err := numberOf(call)
	if err != nil {
		return messages.Card{}, err
	}
	return o.timelines.Postmortem(ctx, number, o.locale)
}
