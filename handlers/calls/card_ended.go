package calls

import (
	"fmt"

	"opsbot/messages"
)

// StoppedCard says how far the run came.
func StoppedCard(r Record, by string) messages.Card {
	card := messages.Card{
		Tone: messages.ToneWarning, Title: messages.New("stop.title", "command", messages.Code("/"+r.Command), "user", messages.User(by)), Footer: footer(r),
	}
	for _, step := range r.Steps {
		text := messages.New("stop.step_unclear", "step", step.Name)
		if !step.DoneAt.IsZero() {
			text = messages.New("stop.step_done", "step", step.Name)
		}
		card.Sections = append(card.Sections, messages.Paragraph(text))
	}
	return card
}

// InterruptedCard says what is known, and where to look for the rest.
func InterruptedCard(r Record, started bool) messages.Card {
	command := messages.Code("/" + r.Command)
	if !started {
		return messages.Card{
			Tone: messages.ToneWarning, Title: messages.New("recover.not_started", "command", command),
			Actions: Suggestions([]string{r.Command}), Footer: footer(r),
		}
	}
	card := messages.Card{
		Tone: messages.ToneWarning, Title: messages.New("recover.interrupted", "command", command), Footer: footer(r),
		Sections: []messages.Section{messages.Paragraph(messages.New("recover.look", "user", messages.User(r.Source.User)))},
	}
	if workload := r.Args["service"]; workload != "" {
		card.Actions = Suggestions([]string{"status " + workload, "events " + workload})
	}
	return card
}

// StepValue is the value of the buttons about the step that nobody knows the end of: call, step and try.
func StepValue(r Record) string {
	return fmt.Sprintf("%s/%d/%d", r.ID, len(r.Steps), r.Steps[len(r.Steps)-1].Tries)
}

// UnclearCard asks whether a step was done.
func UnclearCard(r Record) messages.Card {
	step := r.Steps[len(r.Steps)-1]
	value := StepValue(r)
	card := messages.Card{
		Tone: messages.ToneWarning, Title: messages.New("resume.unclear", "command", messages.Code("/"+r.Command), "step", step.Name),
		Sections: []messages.Section{
			messages.Paragraph(messages.New("resume.progress", "number", len(r.Steps), "begun", step.BegunAt)),
			messages.Paragraph(messages.New("resume.question", "user", messages.User(r.Source.User))),
		},
		Actions: []messages.Action{
			{Name: ActionStepDone, Label: messages.New("resume.button.done"), Value: value, Style: messages.StylePrimary},
			{Name: ActionStepAgain, Label: messages.New("resume.button.again"), Value: value, Style: messages.StyleDanger},
			{Name: ActionStepLeave, Label: messages.New("resume.button.leave"), Value: value},
		},
		Footer: footer(r),
	}
	return card
}
