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
// there is nothing to take back. A call that takes another one back offers no undo: the second press would bring back what the
// first one removed.
func (r *Record) OfferUndo(ops []k8sops.Operation, back *k8sops.Invocation, answer messages.Card) messages.Card {
	if back == nil || r.Undoes != "" {
		return answer
	}
	short, back := back.Line(ops), back.On(ops, r.Cluster)
	r.Undo, r.UndoCall = back.Line(ops), back
	// One button for one thing: a suggestion of the same line would still be there when the call has been undone.
	answer.Actions = slices.DeleteFunc(slices.Clone(answer.Actions), func(a messages.Action) bool {
		return a.Name == ActionRun && (a.Value == short || a.Value == r.Undo)
	})
	r.Answer = &answer
	return UndoCard(*r)
}

// TookBack adds to the answer of an undo what it has taken back, and how that is had again.
func TookBack(answer messages.Card, original Record) messages.Card {
	what := messages.New("undo.took_back", "user", messages.User(original.Source.User), "command", messages.Code("/"+original.Command))
	answer.Sections = append(slices.Clone(answer.Sections), messages.Paragraph(what))
	return answer
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
