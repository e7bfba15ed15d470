package runbooks

import (
	"fmt"
	"strconv"

	"opsbot/k8sops"
	"opsbot/messages"
)

// ActionStep is the button that takes the next step; its value names the run, the step and the try.
const ActionStep = "guide"

// actionRun is the pipeline's button for a command line. One that lacks arguments opens a form.
const actionRun = "run"

// StepValue is the value of the button for a step.
func StepValue(r Run, step int) string {
	return fmt.Sprintf("%d/%d/%d", r.Number, step, r.Steps[step].Tries)
}

// Card shows a run: its steps with how they stand, and the buttons that decide about the next one.
func Card(ops []k8sops.Operation, r Run) messages.Card {
	card := messages.Card{
		Tone: r.tone(), Title: messages.New("k8sops.runbooks.card.title", "number", r.Number, "command", messages.Code("/"+r.Runbook)),
		Facts: []messages.Fact{
			{Label: messages.New("k8sops.runbooks.card.begun"), Value: messages.New("k8sops.runbooks.card.by", "user", messages.User(r.User), "at", messages.Date(r.BegunAt))},
			{Label: messages.New("k8sops.runbooks.card.where"), Value: messages.Literal(r.Cluster + " / " + r.Namespace)},
		},
	}
	for i := range r.Steps {
		finding := messages.Finding{Tone: r.Steps[i].tone(), Text: r.stepText(i)}
		card.Sections = append(card.Sections, messages.Section{Finding: &finding})
	}
	card.Sections = append(card.Sections, messages.Paragraph(r.next()))
	card.Actions = r.buttons(ops)
	return card
}

func (r Run) tone() messages.Tone {
	switch {
	case !r.IsOver():
		return messages.ToneRunning
	case r.StoppedBy != "":
		return messages.ToneWarning
	}
	for _, s := range r.Steps {
		if s.State != Done {
			return messages.ToneWarning
		}
	}
	return messages.ToneGood
}

func (s Step) tone() messages.Tone {
	switch s.State {
	case Running:
		return messages.ToneRunning
	case Done:
		return messages.ToneGood
	case Failed:
		return messages.ToneBad
	case Skipped:
		return messages.ToneWarning
	default:
		return messages.ToneNone
	}
}

// stepText is a line of the card: what the step is, how it stands, who decided, and the call that is the evidence.
func (r Run) stepText(i int) messages.Text {
	s := r.Steps[i]
	args := []any{"number", i + 1, "title", s.Title, "line", messages.Code("/" + s.Line)}
	decided := []any{"user", messages.User(s.By), "at", messages.Date(s.At)}
	call := []any{"call", ""}
	if s.Tries > 0 {
		call[1] = r.CallID(i)
	}
	switch s.State {
	case Running:
		return messages.New("k8sops.runbooks.card.running", append(append(args, decided...), call...)...)
	case Done:
		return messages.New("k8sops.runbooks.card.done", append(append(args, decided...), call...)...)
	case Failed:
		return messages.New("k8sops.runbooks.card.failed", append(append(append(args, decided...), call...), "result", resultText(s.Result))...)
	case Skipped:
		return messages.New("k8sops.runbooks.card.skipped", append(append(args, decided...), "reason", s.Reason)...)
	}
	if s.Tries > 0 && s.Result != "" {
		return messages.New("k8sops.runbooks.card.again", append(append(append(args, decided...), call...), "result", resultText(s.Result))...)
	}
	return messages.New("k8sops.runbooks.card.waiting", args...)
}

// next says what the run waits for.
func (r Run) next() messages.Text {
	i := r.Current()
	switch {
	case r.StoppedBy != "":
		return messages.New("k8sops.runbooks.card.stopped", "user", messages.User(r.StoppedBy), "at", messages.Date(r.EndedAt))
	case r.IsOver() || i < 0:
		return messages.New("k8sops.runbooks.card.over")
	case r.Steps[i].State == Running:
		return messages.New("k8sops.runbooks.card.underway", "number", i+1)
	case r.Steps[i].Looks:
		return messages.New("k8sops.runbooks.card.looking", "number", i+1)
	}
	return messages.New("k8sops.runbooks.card.decide", "number", i+1, "line", messages.Code("/"+r.Steps[i].Line))
}

// buttons are those that decide about the run.
func (r Run) buttons(ops []k8sops.Operation) []messages.Action {
	i := r.Current()
	if r.IsOver() || i < 0 {
		return nil
	}
	var buttons []messages.Action
	number := strconv.FormatInt(r.Number, 10)
	if s := r.Steps[i]; s.State != Running && !s.Looks {
		run := messages.Action{Name: ActionStep, Label: messages.New("k8sops.runbooks.button.run", "number", i+1), Value: StepValue(r, i), Style: messages.StylePrimary}
		if s.State == Failed {
			run.Label = messages.New("k8sops.runbooks.button.again", "number", i+1)
		}
		if s.Danger >= k8sops.Disruptive {
			run.Style = messages.StyleDanger
		}
		buttons = append(buttons, run)
		if !s.Required {
			buttons = append(buttons, r.button(ops, messages.New("k8sops.runbooks.button.skip", "number", i+1),
				&k8sops.Invocation{Operation: skipName, Args: k8sops.Args{"run": number, "step": strconv.Itoa(i + 1)}}))
		}
	}
	return append(buttons, r.button(ops, messages.New("k8sops.runbooks.button.stop"), &k8sops.Invocation{Operation: stopName, Args: k8sops.Args{"run": number}}))
}

func (r Run) button(ops []k8sops.Operation, label messages.Text, call *k8sops.Invocation) messages.Action {
	return messages.Action{Name: actionRun, Label: label, Value: call.On(ops, r.Cluster).Line(ops)}
}
