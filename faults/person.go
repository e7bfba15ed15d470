package main

import (
	"context"
	"fmt"
	"time"

	"opsbot/faults/judge"
	"opsbot/slacksim"
)

const (
	incidentChannel = "#incidents"
	commandChannel  = "#ops"
	// patience is how long a person waits for a press to show before pressing again.
	patience = 5 * time.Second
)

// take makes a person take the incident of a story: they wait for its header, and press, or write, until it shows.
func (w *world) take(ctx context.Context, s judge.Story, way judge.WayToAck) error {
	header, err := w.slack.WaitMessage(ctx, slacksim.In(incidentChannel), slacksim.Root(), slacksim.Containing(s.Service))
	if err != nil {
		return fmt.Errorf("take the incident of %s: %w", s.Service, err)
	}
	person := w.slack.User(s.Role)
	for {
		if now, ok := w.slack.Message(incidentChannel, header.TS); !ok || !offersAck(now) {
			return nil
		}
		// What goes wrong is what the person sees: nothing happens, so they try again.
		if way == judge.AckByMention {
			_, _ = person.Mention(incidentChannel, header.TS, "incident ack")
		} else {
			_ = person.Click(header, "ack")
		}
		if err := w.awaitTaken(ctx, header.TS); err != nil {
			return err
		}
	}
}

// awaitTaken returns when the header shows that the incident is taken, or when patience is over.
func (w *world) awaitTaken(ctx context.Context, ts string) error {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := w.slack.WaitMessage(waiting, slacksim.In(incidentChannel), slacksim.Root(), slacksim.Where(func(m slacksim.Message) bool {
		return m.TS == ts && !offersAck(m)
	}))
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

func offersAck(m slacksim.Message) bool {
	return offers(m, "ack")
}

// secondStep is the role that is paged after the given one.
func secondStep(role string) string {
	if role == "system" {
		return "development"
	}
	return "system"
}

// awaitEscalation waits until the second step has been paged for an incident that nobody takes.
func (w *world) awaitEscalation(ctx context.Context, s judge.Story) error {
	_, err := w.slack.WaitMessage(ctx, slacksim.In("@"+secondStep(s.Role)), slacksim.Containing(s.Service))
	if err != nil {
		return fmt.Errorf("the second step is paged for %s: %w", s.Service, err)
	}
	return nil
}
