package operations

import (
	"context"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/k8sops"
	"opsbot/messages"
)

// incidentPostmortem is /incident postmortem.
type incidentPostmortem struct{ Incidents }

type postmortemArgs struct{ Incident, Form string }

// The forms of a postmortem's draft.
const (
	formFiles  = "files"
	formCanvas = "canvas"
)

func forms() []string { return []string{formFiles, formCanvas} }

func (o incidentPostmortem) spec() k8sops.ReadSpec[postmortemArgs] {
	return k8sops.ReadSpec[postmortemArgs]{
		Meta: k8sops.Meta{
			Name: "incident postmortem", Summary: messages.New("incident.op.postmortem"),
			Examples: []string{"incident postmortem INC-12", "incident postmortem INC-12 canvas"}, Owners: everyone(),
		},
		Args: func(a *postmortemArgs) []k8sops.Arg {
			return []k8sops.Arg{
				incidentArg(&a.Incident),
				{Name: "form", Into: &a.Form, Summary: messages.New("incident.arg.form"), Choices: forms(), Default: formFiles, Positional: true},
			}
		},
		Answer: card(o.answer),
	}
}

func (o incidentPostmortem) answer(ctx context.Context, call *k8sops.Call, args postmortemArgs) (messages.Card, error) {
	number, form, err := numberAndChoice(call, args.Incident, args.Form, forms())
	if err != nil {
		return messages.Card{}, err
	}
	if form == formCanvas {
		return o.canvas(ctx, call, number)
	}
	return o.Timelines.Postmortem(ctx, number, o.Locale)
}

// canvas lets everybody in the incident's channel write the postmortem together. Where there are no canvases, the files
// come instead, and why.
func (o incidentPostmortem) canvas(ctx context.Context, call *k8sops.Call, number int64) (messages.Card, error) {
	link, err := o.Timelines.Canvas(ctx, number, o.Locale)
	if why := whyNoCanvas(err); !why.IsZero() {
		card, failed := o.Timelines.Postmortem(ctx, number, o.Locale)
		card.Sections = append([]messages.Section{messages.Paragraph(why)}, card.Sections...)
		return card, failed
	}
	if err != nil {
		return messages.Card{}, err
	}
	made := messages.New("escalation.entry.canvas", "user", messages.User(call.Source.User), "link", messages.Link{URL: link, Label: incident.Label(number)})
	_, err = o.Service.Act(ctx, number, escalation.Action{
		Kind: escalation.Record, Actor: call.Source.User, Entry: incident.EntryNote, Text: made,
		InThread: call.Source.ThreadTS == "", // else the answer stands there
	})
	return messages.Card{Tone: messages.ToneGood, Title: messages.New("incident.canvas", "incident", incident.Label(number)), Sections: []messages.Section{messages.Paragraph(made)}}, err
}
