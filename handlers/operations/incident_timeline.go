package operations

import (
	"context"
	"slices"

	"opsbot/k8sops"
	"opsbot/messages"
)

// Timelines draws an incident's timeline, with files of it in the given language and format.
type Timelines interface {
	Timeline(ctx context.Context, number int64, locale string, format Format) (messages.Card, error)
	// Postmortem draws the draft of the incident's postmortem, with files of it.
	Postmortem(ctx context.Context, number int64, locale string) (messages.Card, error)
	// Canvas makes a Slack canvas of the draft, which everybody in the incident's channel may edit, and returns the link to it.
	// The error is an ErrNoCanvas where there are none, an ErrSharedChannel where others would read it, and an ErrCanvasFailed where Slack
	// makes none for another reason.
	Canvas(ctx context.Context, number int64, locale string) (link string, err error)
	PageLedger(ctx context.Context, number int64) (messages.Card, error)
}

// numberAndChoice reads an incident and a choice behind it. In the incident's own thread nobody types its number.
func numberAndChoice(call *k8sops.Call, incident, choice string, choices []string) (number int64, chosen string, err error) {
	if slices.Contains(choices, incident) {
		incident, choice = "", incident
	}
	number, err = incidentNumber(call, incident)
	return number, choice, err
}

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

// incidentTimeline is /incident timeline.
type incidentTimeline struct{ Incidents }

type timelineArgs struct{ Incident, Format string }

func (o incidentTimeline) spec() k8sops.ReadSpec[timelineArgs] {
	return k8sops.ReadSpec[timelineArgs]{
		Meta: k8sops.Meta{
			Name: "incident timeline", Summary: messages.New("incident.op.timeline"),
			Examples: []string{"incident timeline INC-12", "incident timeline INC-12 html"}, Owners: everyone(),
		},
		Args: func(a *timelineArgs) []k8sops.Arg {
			return []k8sops.Arg{
				incidentArg(&a.Incident),
				{Name: "format", Into: &a.Format, Summary: messages.New("incident.arg.format"), Choices: formats(), Default: string(FormatMarkdown), Positional: true},
			}
		},
		Answer: card(o.answer),
	}
}

func (o incidentTimeline) answer(ctx context.Context, call *k8sops.Call, args timelineArgs) (messages.Card, error) {
	number, format, err := numberAndChoice(call, args.Incident, args.Format, formats())
	if err != nil {
		return messages.Card{}, err
	}
	return o.Timelines.Timeline(ctx, number, o.Locale, Format(format))
}
