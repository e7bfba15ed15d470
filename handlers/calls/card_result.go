package calls

import (
	"slices"

	"opsbot/k8sops"
	"opsbot/messages"
)

// ResultCard is the last state of a call's answer: what the operation says, the proof, and what can be done next.
func ResultCard(r Record, result *k8sops.Result, v *k8sops.Verification) messages.Card {
	card := result.Card
	if r.Plan != nil && r.Danger < k8sops.Disruptive { // what asked for a decision has shown its warnings already
		card.Sections = append(card.Sections, warnings(*r.Plan)...)
	}
	suggest := result.Suggest
	if v != nil {
		finding := messages.Finding{Tone: messages.ToneGood, Text: v.Summary}
		card.Tone = messages.ToneGood
		if !v.OK {
			card.Tone, finding.Tone = messages.ToneBad, messages.ToneBad
		}
		card.Sections = append(card.Sections, messages.Section{Finding: &finding})
		suggest = append(suggest, v.Suggest...)
	}
	card.Actions = append(card.Actions, Suggestions(suggest)...)
	card.Footer = append(card.Footer, footer(r)...)
	return card
}

// NoOpCard says that everything already is as asked.
func NoOpCard(r Record) messages.Card {
	return messages.Card{Tone: messages.ToneGood, Title: r.Plan.Summary, Sections: []messages.Section{messages.Paragraph(messages.New("call.no_change"))}, Footer: footer(r)}
}

// EndedCard replaces a plan that was cancelled or expired; the buttons go.
func EndedCard(r Record, why messages.Text) messages.Card {
	return messages.Card{Title: r.Plan.Summary, Sections: []messages.Section{messages.Paragraph(why)}, Footer: footer(r)}
}

// OfferUndo remembers how the call is taken back and what its answer was, which then stands with the offer; back is nil where
// there is nothing to take back.
func (r *Record) OfferUndo(ops []k8sops.Operation, back *k8sops.Invocation, answer messages.Card) messages.Card {
	if back == nil {
		return answer
	}
	back = back.On(ops, r.Cluster)
	r.Undo, r.UndoCall, r.Answer = back.Line(ops), back, &answer
	return UndoCard(*r)
}

// UndoCard is the last state of a call that can be undone: its answer with the offer to, or with who has done so.
func UndoCard(r Record) messages.Card {
	card, line := *r.Answer, r.Undo
	if r.Undone == nil {
		offer := messages.Action{Name: ActionUndo, Label: messages.New("button.undo", "command", line), Value: r.ID}
		card.Actions = append([]messages.Action{offer}, card.Actions...)
		return card
	}
	undone := messages.New("undo.done", "user", messages.User(r.Undone.User), "command", messages.Code("/"+line))
	card.Sections = append(slices.Clone(card.Sections), messages.Paragraph(undone))
	return card
}
