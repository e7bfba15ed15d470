package operations

import (
	"context"

	"opsbot/escalation"
	"opsbot/k8sops"
	"opsbot/messages"
)

// incidentNote is /incident note.
type incidentNote struct{ Incidents }

type noteArgs struct{ Note string }

func (a *noteArgs) declare() []k8sops.Arg {
	return []k8sops.Arg{{Name: "note", Into: &a.Note, Summary: messages.New("incident.arg.note"), Positional: true, Required: true, Rest: true, Multiline: true}}
}

func (o incidentNote) spec() k8sops.ReadSpec[noteArgs] {
	return k8sops.ReadSpec[noteArgs]{
		Meta: k8sops.Meta{
			Name: "incident note", Summary: messages.New("incident.op.note"), Examples: []string{"incident note INC-12 the disk was full"}, Owners: everyone(),
		},
		Args:   (*noteArgs).declare,
		Answer: card(o.answer),
	}
}

func (o incidentNote) answer(ctx context.Context, call *k8sops.Call, args noteArgs) (messages.Card, error) {
	number, note, err := numberInFront(call, args.Note)
	if err != nil {
		return messages.Card{}, err
	}
	if note == "" {
		return messages.Card{}, &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("incident.nothing_said")}
	}
	return o.act(ctx, call, number, escalation.Action{Kind: escalation.Note, Text: typed(note)})
}

// typed are a person's own words, in no language of opsbot's.
func typed(words string) messages.Text {
	if words == "" {
		return messages.Text{}
	}
	return messages.Literal(words)
}

// incidentUpdate is /incident update: what stakeholders read.
type incidentUpdate struct{ Incidents }

func (o incidentUpdate) spec() k8sops.ReadSpec[noteArgs] {
	return k8sops.ReadSpec[noteArgs]{
		Meta: k8sops.Meta{
			Name: "incident update", Summary: messages.New("incident.op.update"),
			Examples: []string{"incident update INC-12 orders work again, some are late"}, Owners: everyone(),
		},
		Args:   (*noteArgs).declare,
		Answer: card(o.answer),
	}
}

func (o incidentUpdate) answer(ctx context.Context, call *k8sops.Call, args noteArgs) (messages.Card, error) {
	number, words, err := numberInFront(call, args.Note)
	if err != nil {
		return messages.Card{}, err
	}
	return o.act(ctx, call, number, escalation.Action{Kind: escalation.SetUpdate, Text: typed(words)})
}
