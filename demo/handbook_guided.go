package demo

import (
	"context"
	"fmt"
	"strings"

	"opsbot/handlers/calls"
	"opsbot/k8sops/runbooks"
	"opsbot/messages"
	"opsbot/slacksim"
	"opsbot/store"
)

// decision is what is decided about a step of a guided run: somebody runs it, and somebody else agrees where that is asked for, or it is
// skipped with a reason. then looks, from the outside, at what came of it.
type decision struct {
	step             int
	line, by, second string
	skip             string
	then             func(context.Context) error
}

// guided begins a guided run, takes its steps as decided, and gives the run as it is stored in the end.
func (t *tour) guided(ctx context.Context, who, second, line string, decisions ...decision) (runbooks.Run, error) {
	before := t.newest(incidents)
	if _, err := t.asks(ctx, who, line, second); err != nil {
		return runbooks.Run{}, err
	}
	card, err := t.slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.FromBot(), slacksim.After(before), slacksim.Where(func(m slacksim.Message) bool { return stopLine(m) != "" }))
	if err != nil {
		return runbooks.Run{}, fmt.Errorf("%s: no card: %w", line, err)
	}
	number := strings.TrimPrefix(stopLine(card), "emergency stop ")
	for _, d := range decisions {
		if err := t.decideStep(ctx, card, number, d); err != nil {
			return runbooks.Run{}, fmt.Errorf("%s: step %d: %w", line, d.step, err)
		}
	}
	card, err = t.edited(ctx, card, func(m slacksim.Message) bool { return stopLine(m) == "" })
	if err != nil {
		return runbooks.Run{}, fmt.Errorf("%s: it does not end: %w", line, err)
	}
	t.shows(card)
	return t.storedRun(ctx, number)
}

// stopLine is the command line of the button that stops a guided run, "" where the message has none.
func stopLine(m slacksim.Message) string {
	for _, b := range m.Buttons() {
		if strings.HasPrefix(b.Value, "emergency stop ") {
			return b.Value
		}
	}
	return ""
}

func (t *tour) decideStep(ctx context.Context, card slacksim.Message, number string, d decision) error {
	prefix := fmt.Sprintf("%s/%d/", number, d.step-1)
	card, err := t.edited(ctx, card, func(m slacksim.Message) bool {
		for _, b := range m.Buttons() {
			if strings.HasPrefix(b.Value, prefix) {
				return true
			}
		}
		return false
	})
	if err != nil {
		return fmt.Errorf("it does not come to this step: %w", err)
	}
	t.shows(card)
	if d.skip != "" {
		_, err := t.asks(ctx, d.by, fmt.Sprintf("/emergency skip %s %d %s", number, d.step, d.skip), "")
		return err
	}
	if err := t.takeStep(ctx, card, d); err != nil {
		return err
	}
	if d.then == nil {
		return nil
	}
	return d.then(ctx)
}

// takeStep presses the button of a step, and follows its call to the end.
func (t *tour) takeStep(ctx context.Context, card slacksim.Message, d decision) error {
	before := max(t.newest(incidents), t.newest("@"+d.by))
	if err := t.slack.User(d.by).Click(card, runbooks.ActionStep); err != nil {
		return err
	}
	t.says(d.by, messages.Literal("["+d.line+"]"))
	answer, err := t.slack.WaitMessage(ctx, slacksim.Either(slacksim.InThread(card.TS), slacksim.In("@"+d.by)), slacksim.FromBot(), slacksim.After(before), slacksim.Where(func(m slacksim.Message) bool {
		return strings.Contains(m.Text(), d.line) && (t.isOver(m) || hasButton(m, calls.ActionConfirm) || hasButton(m, calls.ActionApprove))
	}))
	if err != nil {
		return fmt.Errorf("%s: no answer: %w", d.line, err)
	}
	_, err = t.agrees(ctx, answer, d.line, d.by, d.second)
	return err
}

// storedRun reads a run from the database, past the bot.
func (t *tour) storedRun(ctx context.Context, number string) (runbooks.Run, error) {
	s, err := store.OpenReadOnly(ctx, t.config.Storage.URL.Reveal())
	if err != nil {
		return runbooks.Run{}, err
	}
	defer s.Close()
	var n int64
	if _, err := fmt.Sscan(number, &n); err != nil {
		return runbooks.Run{}, err
	}
	return s.Runbooks().Run(ctx, n)
}

// accounted tells that every step of a run ended well or was skipped with a reason, and that each has its person; it says how many.
func accounted(r runbooks.Run) (messages.Text, error) {
	done, skipped := 0, 0
	for i, s := range r.Steps {
		switch {
		case s.By == "" || s.At.IsZero() || s.State == runbooks.Skipped && s.Reason == "":
			return messages.Text{}, fmt.Errorf("nobody has decided about step %d", i+1)
		case s.State == runbooks.Done:
			done++
		case s.State == runbooks.Skipped:
			skipped++
		default:
			return messages.Text{}, fmt.Errorf("step %d (%s) is %s", i+1, s.Line, s.State)
		}
	}
	return messages.New("handbook.fact.guided", "number", r.Number, "done", done, "skipped", skipped), nil
}
