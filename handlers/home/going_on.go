package home

import (
	"context"
	"slices"
	"time"

	"opsbot/handlers/calls"
	"opsbot/handlers/operations"
	"opsbot/k8sops"
	"opsbot/messages"
	"opsbot/runs"
)

// most is how many runs, schedules and calls to approve the tab names of each.
const most = 10

// goingOn are a freeze, what waits for the person, what runs and what is planned; nothing for what there is none of.
func (h Home) goingOn(ctx context.Context, user string) ([]messages.Card, error) {
	waiting, err := h.Runs.ToApprove(ctx, user)
	if err != nil {
		return nil, err
	}
	running, err := h.Runs.UnderWay(ctx)
	if err != nil {
		return nil, err
	}
	planned, err := h.Schedules.Schedules(ctx)
	if err != nil {
		return nil, err
	}
	running = slices.DeleteFunc(running, func(r calls.Record) bool { return r.Source.User != user && isConfidential(r) })
	planned = slices.DeleteFunc(planned, func(s runs.Schedule) bool {
		return s.User != user && k8sops.Source{User: s.User, Channel: s.Channel}.IsDirect()
	})
	var cards []messages.Card
	for _, card := range []messages.Card{h.freezeCard(), waitingCard(waiting), h.runningCard(running), plannedCard(planned)} {
		if !card.Title.IsZero() {
			cards = append(cards, card)
		}
	}
	return cards, nil
}

// isConfidential tells of a call that only the person who made it has seen.
func isConfidential(r calls.Record) bool {
	return r.Private || !r.Withheld.IsZero() || r.Source.IsDirect()
}

func (h Home) freezeCard() messages.Card {
	span, frozen := h.Freezes.At(h.Now(), h.Clusters.Default().Name)
	if !frozen {
		return messages.Card{}
	}
	return messages.Card{Tone: messages.ToneWarning, Title: messages.New("plan.frozen", "freeze", span.Name, "until", messages.Date(span.Until))}
}

func waitingCard(waiting []calls.Record) messages.Card {
	if len(waiting) == 0 {
		return messages.Card{}
	}
	card := messages.Card{Tone: messages.ToneWarning, Title: messages.New("run.approvals.title", "count", len(waiting))}
	for _, r := range waiting[:min(len(waiting), most)] {
		card.Sections = append(card.Sections, messages.Section{Finding: &messages.Finding{
			Tone: messages.ToneWarning, Text: operations.WaitingLine(r),
			Action: &messages.Action{Name: calls.ActionRun, Label: messages.New("home.plan"), Value: "ops approvals " + r.ID},
		}})
	}
	return card
}

func (h Home) runningCard(running []calls.Record) messages.Card {
	if len(running) == 0 {
		return messages.Card{}
	}
	card := messages.Card{Tone: messages.ToneRunning, Title: messages.New("run.cancel.title", "count", len(running))}
	for _, r := range running[:min(len(running), most)] {
		card.Sections = append(card.Sections, messages.Section{Finding: &messages.Finding{
			Tone:   messages.ToneRunning,
			Text:   messages.New("home.run", "command", messages.Code("/"+r.Command), "user", messages.User(r.Source.User), "age", h.Now().Sub(r.StartedAt).Truncate(time.Second)),
			Action: &messages.Action{Name: calls.ActionStop, Label: messages.New("button.stop"), Value: r.ID},
		}})
	}
	return card
}

func plannedCard(planned []runs.Schedule) messages.Card {
	if len(planned) == 0 {
		return messages.Card{}
	}
	card := messages.Card{Tone: messages.ToneInfo, Title: messages.New("home.planned", "count", len(planned))}
	var lines []messages.Text
	for _, s := range planned[:min(len(planned), most)] {
		line := messages.New("home.schedule", "number", s.Number, "command", messages.Code("/"+s.Command), "user", messages.User(s.User), "due", messages.Date(s.Due))
		if s.Back {
			line = messages.New("home.schedule_back", "number", s.Number, "command", messages.Code("/"+s.Command), "user", messages.User(s.User), "due", messages.Date(s.Due))
		}
		lines = append(lines, line)
	}
	card.Sections = []messages.Section{{List: lines}}
	return card
}
