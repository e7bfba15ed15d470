package calls

import (
	"slices"
	"strings"
	"time"

	"opsbot/messages"
)

// Progress is how far a run has come.
type Progress struct {
	Done, Total int
	What        messages.Text
	// Left is how long it will still take, 0 where nobody can tell.
	Left time.Duration
	// Card is shown as it is, nil for a line of progress.
	Card *messages.Card
}

// ProgressCard is the answer while the call runs: a live view or the steps, a bar, counts, the time so far and, where it can be
// known, the time left.
func ProgressCard(r Record, n Progress, elapsed time.Duration) messages.Card {
	stop := messages.Action{Name: ActionStop, Label: messages.New("button.stop"), Value: r.ID}
	if n.Card != nil {
		card := *n.Card
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

func progressText(n Progress, elapsed time.Duration) messages.Text {
	done, total, what := n.Done, n.Total, n.What
	if total <= 0 {
		return messages.New("call.progress_unknown", "what", what, "elapsed", elapsed)
	}
	filled := messages.Code(bar(done, total))
	if n.Left > 0 {
		return messages.New("call.progress_eta", "what", what, "bar", filled, "done", done, "total", total, "elapsed", elapsed, "left", n.Left)
	}
	return messages.New("call.progress", "what", what, "bar", filled, "done", done, "total", total, "elapsed", elapsed)
}

func bar(done, total int) string {
	const width = 16
	full := min(max(done*width/total, 0), width)
	return strings.Repeat("█", full) + strings.Repeat("░", width-full)
}
