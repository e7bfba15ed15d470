package calls

import (
	"errors"

	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/messages"
)

// ErrorCard tells a person what is wrong and what to do next. What only the operator can use stays in the log.
func ErrorCard(r Record, cause error) messages.Card {
	card := messages.Card{Tone: messages.ToneBad, Title: ErrorText(r, cause), Footer: footer(r)}
	e, ok := errors.AsType[*k8sops.Error](cause)
	if !ok {
		return card
	}
	if e.Code == k8sops.CodeInvalid || e.Code == k8sops.CodeNotFound {
		card.Tone = messages.ToneWarning
	}
	if !e.Hint.IsZero() {
		card.Sections = []messages.Section{messages.Paragraph(e.Hint)}
	}
	if len(e.List) > 0 {
		card.Sections = append(card.Sections, messages.Section{List: e.List})
	}
	if e.Code == k8sops.CodeNotFound && len(e.Suggest) > 0 {
		card.Sections = append(card.Sections, messages.Paragraph(messages.New("error.did_you_mean")))
	}
	card.Actions = Suggestions(e.Suggest)
	if missing, ok := errors.AsType[*cmdline.Missing](cause); ok {
		line := k8sops.Canonical(missing.Operation, missing.Given)
		card.Actions = append([]messages.Action{{Name: ActionForm, Label: messages.New("button.form"), Value: line}}, card.Actions...)
	}
	return card
}

// ErrorText is an error in one line for a person.
func ErrorText(r Record, cause error) messages.Text {
	if e, ok := errors.AsType[*k8sops.Error](cause); ok {
		return e.Message
	}
	return messages.New("error.internal", "call", messages.Code(r.ID))
}
