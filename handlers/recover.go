package handlers

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"opsbot/escalation/incident"
	"opsbot/handlers/calls"
	"opsbot/messages"
)

// Recover takes over abandoned calls: those that a stop cut short, accepted or running. A run whose steps are stored goes on
// as its steps declare; of any other people are told, because what a half-done run left behind is for a person to look at, and
// the card says where. Calls that wait for a decision simply go on waiting, and a scheduled call that was only accepted is made.
func (d *Dispatcher) Recover(ctx context.Context, abandoned []calls.Record) error {
	for _, r := range abandoned {
		take := d.interrupt
		switch {
		case r.State == calls.Running && len(r.Steps) > 0:
			take = d.resume
		case r.State == calls.Accepted && r.Schedule != 0 && !d.isStale(r):
			take = d.takeOnScheduled
		}
		if err := take(ctx, r); err != nil && !errors.Is(err, calls.ErrConflict) {
			return err
		}
	}
	return nil
}

func (d *Dispatcher) interrupt(ctx context.Context, r calls.Record) error {
	started := r.State == calls.Running
	r.State, r.FinishedAt, r.Outcome = calls.Interrupted, d.Now(), "opsbot was stopped"
	if err := d.recordFailure(ctx, r, "interrupted", d.answer(r, calls.InterruptedCard(r, started))); err != nil {
		return err
	}
	if started {
		d.recordInIncident(ctx, r, incident.EntryCommand, r.Source.User, messages.New("incident.command_interrupted", "user", messages.User(r.Source.User), "command", messages.Code("/"+r.Command)))
	}
	return nil
}

// Expire ends, until ctx is done, the calls that nobody decided about in time, so that no stale button stays pressable.
func (d *Dispatcher) Expire(ctx context.Context) {
	ticker := time.NewTicker(15 * time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			d.expireDue(ctx)
		}
	}
}

func (d *Dispatcher) expireDue(ctx context.Context) {
	for _, state := range []calls.State{calls.Planned, calls.Approval} {
		records, err := d.Calls.Unfinished(ctx, state)
		if err != nil {
			if ctx.Err() == nil {
				d.Log.Error("list waiting calls", zap.Error(err))
			}
			return
		}
		for _, r := range records {
			if !d.Now().After(r.ExpiresAt) {
				continue
			}
			if err := d.expire(ctx, r); err != nil && !errors.Is(err, calls.ErrConflict) {
				d.Log.Error("expire call", zap.String("call", r.ID), zap.Error(err))
			}
		}
	}
}
