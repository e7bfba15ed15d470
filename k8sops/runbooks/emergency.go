package runbooks

import (
	"context"
	"slices"

	"opsbot/k8sops"
	"opsbot/messages"
)

// emergency is /emergency (handbook: 应急处理流程): the runbooks that there are, and the runs that are open.
type emergency struct{ *catalogue }

type emergencyArgs struct{}

func (o emergency) spec() k8sops.ReadSpec[emergencyArgs] {
	return k8sops.ReadSpec[emergencyArgs]{
		Meta: k8sops.Meta{
			Name: "emergency", Aliases: []string{"emergency status"}, Summary: messages.New("k8sops.runbooks.emergency.summary"),
			Examples: []string{"emergency"}, Owners: []k8sops.Role{k8sops.Everyone},
		},
		Answer: o.answer,
	}
}

// answer is the card of the run that is open here, or the list of what can be begun.
func (o emergency) answer(ctx context.Context, call *k8sops.Call, _ emergencyArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	open, err := o.openIn(ctx, call)
	if err != nil {
		return nil, err
	}
	if open != nil {
		return &k8sops.Result{Card: Card(o.ops, *open)}, nil
	}
	result := &k8sops.Result{Card: messages.Card{Tone: messages.ToneInfo, Title: messages.New("k8sops.runbooks.emergency.title")}}
	for _, book := range o.runbooks() {
		result.Card.Sections = append(result.Card.Sections, messages.Paragraph(messages.New("k8sops.runbooks.emergency.line",
			"command", messages.Code("/"+book.name), "summary", book.summary)))
		result.Suggest = append(result.Suggest, book.name)
	}
	slices.Sort(result.Suggest)
	return result, nil
}
