package calls

import (
	"opsbot/k8sops"
	"opsbot/messages"
)

// PlanCard shows what a call would change and asks for the decision it needs.
func PlanCard(r Record, changed bool) messages.Card {
	card := messages.Card{
		Tone: messages.ToneWarning, Title: r.Plan.Summary,
		Facts: []messages.Fact{
			{Label: messages.New("card.command"), Value: messages.New("card.code", "text", messages.Code("/"+r.Command))},
			{Label: messages.New("card.where"), Value: messages.Literal(r.Cluster + " / " + r.Namespace)},
			{Label: messages.New("card.requested_by"), Value: messages.New("card.user", "user", messages.User(r.Source.User))},
			{Label: messages.New("card.danger"), Value: dangerText(r.Danger)},
		},
	}
	if changed {
		card.Sections = append(card.Sections, messages.Section{Finding: &messages.Finding{Tone: messages.ToneWarning, Text: messages.New("plan.changed")}})
	}
	question, decide := decision(r)
	card.Sections = append(append(card.Sections, planSections(*r.Plan)...), messages.Paragraph(question))
	card.Actions = []messages.Action{decide, {Name: ActionCancel, Label: messages.New("button.cancel"), Value: decisionValue(r)}}
	if r.State == Approval && r.MayBreakGlass {
		card.Actions = append(card.Actions, messages.Action{Name: ActionForm, Label: messages.New("button.break_glass"), Value: "ops break-glass " + r.ID})
	}
	return card
}

// decision is what is asked of whom, and the button that answers it.
func decision(r Record) (question messages.Text, decide messages.Action) {
	requester := messages.User(r.Source.User)
	if r.State == Approval {
		return messages.New("plan.needs_approval", "user", requester, "until", r.ExpiresAt), messages.Action{
			Name: ActionApprove, Label: messages.New("button.approve"), Value: decisionValue(r), Style: messages.StyleDanger, Confirm: confirm(r),
		}
	}
	return messages.New("plan.needs_confirmation", "user", requester, "until", r.ExpiresAt), messages.Action{
		Name: ActionConfirm, Label: messages.New("button.confirm"), Value: decisionValue(r), Style: messages.StylePrimary,
	}
}

func planSections(plan k8sops.Plan) []messages.Section {
	var sections []messages.Section
	if len(plan.Changes) > 0 {
		sections = append(sections, messages.Section{Table: k8sops.ChangeTable(plan.Changes)})
	}
	if plan.Diff != "" {
		sections = append(sections, messages.Section{Code: &messages.Block{Language: "diff", Content: plan.Diff}})
	}
	return append(sections, warnings(plan)...)
}

func warnings(plan k8sops.Plan) []messages.Section {
	var sections []messages.Section
	for _, w := range plan.Warning {
		sections = append(sections, messages.Section{Finding: &messages.Finding{Tone: messages.ToneWarning, Text: w}})
	}
	return sections
}

func confirm(r Record) *messages.Confirm {
	return &messages.Confirm{
		Title: messages.New("confirm.title"), Text: messages.New("confirm.text", "command", messages.Code("/"+r.Command), "namespace", r.Namespace),
		Yes: messages.New("button.approve"), No: messages.New("button.back"),
	}
}
