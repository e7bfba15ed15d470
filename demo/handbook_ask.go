package demo

import (
	"context"
	"fmt"
	"strings"

	"opsbot/handlers/calls"
	"opsbot/messages"
	"opsbot/slacksim"
)

// asks types a command in the incident channel, where the answer stands unless the channel may not read it, agrees to its plan where there is one, and waits for its end. second approves where one person is not enough; alone, for a role that the contact table gives to one person, the glass is broken.
func (t *tour) asks(ctx context.Context, who, line, second string) (slacksim.Message, error) {
	t.says(who, messages.Literal(line))
	before := max(t.newest(incidents), t.newest("@"+who))
	person := t.slack.User(who)
	if err := person.Command(incidents, line); err != nil {
		return slacksim.Message{}, err
	}
	first, _, _ := strings.Cut(line, " ")
	about := func(m slacksim.Message) bool { return strings.Contains(m.Text(), first) }
	answer, err := t.slack.WaitMessage(ctx, slacksim.Either(slacksim.In(incidents), slacksim.In("@"+who)), slacksim.FromBot(), slacksim.After(before), slacksim.Where(func(m slacksim.Message) bool {
		return about(m) && (t.isOver(m) || hasButton(m, calls.ActionConfirm) || hasButton(m, calls.ActionApprove))
	}))
	if err != nil {
		return answer, fmt.Errorf("%s: no answer: %w", line, err)
	}
	return t.agrees(ctx, answer, line, who, second)
}

// agrees agrees to a plan, where the answer is one, and waits for the end of the call.
func (t *tour) agrees(ctx context.Context, answer slacksim.Message, line, who, second string) (_ slacksim.Message, err error) {
	for _, decision := range []struct{ button, by string }{{calls.ActionConfirm, who}, {calls.ActionApprove, second}} {
		if !hasButton(answer, decision.button) {
			continue
		}
		t.shows(answer)
		if err := t.decides(decision.by, answer, decision.button); err != nil {
			return answer, err
		}
		if answer, err = t.edited(ctx, answer, t.isOver); err != nil {
			return answer, fmt.Errorf("%s: it does not end: %w", line, err)
		}
	}
	t.shows(answer)
	return answer, nil
}

// alone is the second person where nobody else has the role.
const alone = ""

func (t *tour) decides(who string, plan slacksim.Message, button string) error {
	if who != alone {
		return t.slack.User(who).Click(plan, button)
	}
	for _, b := range plan.Buttons() {
		if line, ok := strings.CutPrefix(b.Value, "ops break-glass "); ok {
			line = "/ops break-glass " + line + " nobody else has this role"
			t.says("system", messages.Literal(line))
			return t.slack.User("system").Command(incidents, line)
		}
	}
	return fmt.Errorf("nobody may run this alone")
}

// isOver tells of a call whose footer says how long it took.
func (t *tour) isOver(m slacksim.Message) bool {
	took := strings.TrimSuffix(t.printer.Text(messages.New("card.took", "took", messages.Literal("…"))), "…")
	return strings.Contains(m.Text(), took) && !hasButton(m, calls.ActionStop)
}

// holds tells that the answer holds every one of the words.
func holds(m slacksim.Message, words ...string) error {
	for _, word := range words {
		if !strings.Contains(m.Text(), word) {
			return fmt.Errorf("the answer does not say %q:\n%s", word, m.Text())
		}
	}
	return nil
}
