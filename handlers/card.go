package handlers

import (
	"errors"
	"slices"
	"strings"
	"time"

	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/messages"
)

// planCard shows what a call would change and asks for the decision it needs.
func planCard(r Record, changed bool) messages.Card {
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

// progressCard is the answer while the call runs: a live view or the steps, a bar, counts, the time so far and, where it can be
// known, the time left.
func progressCard(r Record, n report, elapsed time.Duration) messages.Card {
	stop := messages.Action{Name: ActionStop, Label: messages.New("button.stop"), Value: r.ID}
	if n.card != nil {
		card := *n.card
		card.Actions, card.Footer = []messages.Action{stop}, append(slices.Clone(card.Footer), footer(r)...)
		return card
	}
	card := messages.Card{Tone: messages.ToneRunning, Title: messages.New("call.running", "command", messages.Code("/"+r.Command)), Footer: footer(r)}
	if len(r.Steps) > 1 || len(r.Steps) == 1 && r.Steps[0].Tries > 1 {
		card.Sections = append(card.Sections, messages.Section{List: stepLines(r)})
	}
	card.Sections = append(card.Sections, messages.Paragraph(progressText(n, elapsed)))
	if r.Plan != nil {
		card.Actions = []messages.Action{stop}
	}
	return card
}

// stepLines are the steps that are done and the one that is under way.
func stepLines(r Record) []messages.Text {
	lines := make([]messages.Text, len(r.Steps))
	for i, step := range r.Steps {
		switch {
		case !step.DoneAt.IsZero():
			lines[i] = messages.New("call.step_done", "step", step.Name, "took", step.DoneAt.Sub(step.BegunAt))
		case step.Tries > 1:
			lines[i] = messages.New("call.step_again", "step", step.Name, "tries", step.Tries)
		default:
			lines[i] = messages.New("call.step_running", "step", step.Name)
		}
	}
	return lines
}

func progressText(n report, elapsed time.Duration) messages.Text {
	done, total, what := n.done, n.total, n.what
	if total <= 0 {
		return messages.New("call.progress_unknown", "what", what, "elapsed", elapsed)
	}
	filled := messages.Code(bar(done, total))
	if left := remaining(done, total, elapsed); left > 0 && !n.still {
		return messages.New("call.progress_eta", "what", what, "bar", filled, "done", done, "total", total, "elapsed", elapsed, "left", left)
	}
	return messages.New("call.progress", "what", what, "bar", filled, "done", done, "total", total, "elapsed", elapsed)
}

// remaining extrapolates; it says nothing before a tenth is done, because then it would only guess.
func remaining(done, total int, elapsed time.Duration) time.Duration {
	if done <= 0 || done >= total || done*10 < total {
		return 0
	}
	return elapsed / time.Duration(done) * time.Duration(total-done)
}

func bar(done, total int) string {
	const width = 16
	full := min(max(done*width/total, 0), width)
	return strings.Repeat("█", full) + strings.Repeat("░", width-full)
}

// resultCard is the last state of a call's answer: what the operation says, the proof, and what can be done next.
func resultCard(r Record, result *k8sops.Result, v *k8sops.Verification) messages.Card {
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
	card.Actions = append(card.Actions, suggestions(suggest)...)
	card.Footer = append(card.Footer, footer(r)...)
	return card
}

// noOpCard says that everything already is as asked.
func noOpCard(r Record) messages.Card {
	return messages.Card{Tone: messages.ToneGood, Title: r.Plan.Summary, Sections: []messages.Section{messages.Paragraph(messages.New("call.no_change"))}, Footer: footer(r)}
}

// endedCard replaces a plan that was cancelled or expired; the buttons go.
func endedCard(r Record, why messages.Text) messages.Card {
	return messages.Card{Title: r.Plan.Summary, Sections: []messages.Section{messages.Paragraph(why)}, Footer: footer(r)}
}

// ErrorCard tells a person what is wrong and what to do next. What only the operator can use stays in the log.
func ErrorCard(r Record, cause error) messages.Card {
	card := messages.Card{Tone: messages.ToneBad, Title: errorText(r, cause), Footer: footer(r)}
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
	card.Actions = suggestions(e.Suggest)
	if missing, ok := errors.AsType[*cmdline.Missing](cause); ok {
		line := k8sops.Canonical(missing.Operation, missing.Given)
		card.Actions = append([]messages.Action{{Name: ActionForm, Label: messages.New("button.form"), Value: line}}, card.Actions...)
	}
	return card
}

// errorText is an error in one line for a person.
func errorText(r Record, cause error) messages.Text {
	if e, ok := errors.AsType[*k8sops.Error](cause); ok {
		return e.Message
	}
	return messages.New("error.internal", "call", messages.Code(r.ID))
}

// suggestions are command lines as buttons, at most five: more is no help.
func suggestions(lines []string) []messages.Action {
	var actions []messages.Action
	for _, line := range lines[:min(len(lines), 5)] {
		actions = append(actions, messages.Action{Name: ActionRun, Label: messages.Literal("/" + line), Value: line})
	}
	return actions
}

func footer(r Record) []messages.Text {
	if r.Command == "" {
		return nil // a press that never was a call
	}
	lines := []messages.Text{messages.New("card.footer", "user", messages.User(r.Source.User), "command", messages.Code("/"+r.Command), "call", r.ID)}
	if r.ApprovedBy != "" {
		lines = append(lines, messages.New("card.approved_by", "user", messages.User(r.ApprovedBy)))
	}
	if !r.StartedAt.IsZero() && !r.FinishedAt.IsZero() {
		lines = append(lines, messages.New("card.took", "took", r.FinishedAt.Sub(r.StartedAt)))
	}
	return lines
}

func dangerText(d k8sops.Danger) messages.Text {
	switch d {
	case k8sops.Read:
		return messages.New("danger.read")
	case k8sops.Change:
		return messages.New("danger.change")
	case k8sops.Disruptive:
		return messages.New("danger.disruptive")
	default:
		return messages.New("danger.destructive")
	}
}

func stateText(s State) messages.Text {
	switch s {
	case Succeeded:
		return messages.New("state.succeeded")
	case Failed:
		return messages.New("state.failed")
	case Cancelled:
		return messages.New("state.cancelled")
	case Expired:
		return messages.New("state.expired")
	case Refused:
		return messages.New("state.refused")
	case Interrupted:
		return messages.New("state.interrupted")
	case Unclear:
		return messages.New("state.unclear")
	default:
		return messages.New("state.running")
	}
}

// clip makes untrusted text short and valid UTF-8.
func clip(s string, limit int) string {
	runes := []rune(strings.ToValidUTF8(s, "\ufffd"))
	if len(runes) <= limit {
		return string(runes)
	}
	return string(runes[:limit]) + "…"
}
