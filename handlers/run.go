package handlers

import (
	"context"
	"fmt"

	"go.uber.org/zap"

	"opsbot/k8sops"
	"opsbot/messages"
)

// start claims the call for running (storing the state is the claim: of two presses one fails with ErrConflict) and
// runs it in the background.
func (d *Dispatcher) start(ctx context.Context, r Record, actor, action string) error {
	r.State, r.StartedAt = Running, d.Now()
	if err := d.update(ctx, &r, action, actor); err != nil {
		return err
	}
	d.runs.Go(func() {
		// A run outlives the request that started it, but not its limit.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.Settings.RunLimit)
		defer cancel()
		d.run(ctx, r)
	})
	return nil
}

// run does the work, proves that it took, and leaves the answer and the record.
func (d *Dispatcher) run(ctx context.Context, r Record) {
	call, err := d.call(r)
	if err != nil {
		d.fail(ctx, r, Failed, err)
		return
	}
	progress := d.progress(ctx, r)
	result, verification, err := execute(ctx, call, r.Plan, progress)
	progress.stop()
	// The outcome must be stored and said even when the run's own time is up.
	ctx = context.WithoutCancel(ctx)
	if err != nil {
		d.fail(ctx, r, Failed, err)
		return
	}
	state := Succeeded
	if verification != nil && !verification.OK {
		state = Failed
	}
	if call.Operation.Undo != nil && r.Plan != nil {
		r.Undo = call.Operation.Undo(call, r.Plan)
	}
	r.FinishedAt = d.Now()
	card := resultCard(r, result, verification)
	if err := d.finish(ctx, r, state, string(state), card); err != nil {
		d.Log.Error("outcome not recorded", zap.String("call", r.ID), zap.Error(err))
	}
}

// execute runs and verifies. A panic in an operation is that call's failure, not the bot's end.
func execute(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, p k8sops.Progress) (result *k8sops.Result, v *k8sops.Verification, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("run %s: panic: %v", call.Operation.Name, cause)
		}
	}()
	if result, err = call.Operation.Run(ctx, call, plan, p); err != nil {
		return nil, nil, err
	}
	if call.Operation.Verify != nil {
		v, err = call.Operation.Verify(ctx, call, plan, p)
	}
	return result, v, err
}

// finish stores the outcome of a call and shows its last card.
func (d *Dispatcher) finish(ctx context.Context, r Record, state State, outcome string, card messages.Card) error {
	r.State, r.Outcome = state, outcome
	if r.FinishedAt.IsZero() {
		r.FinishedAt = d.Now()
	}
	if err := d.update(ctx, &r, string(state), r.Source.User); err != nil {
		return err
	}
	d.recordInIncident(ctx, r, ranText(r))
	return d.Outbox.Put(ctx, d.answer(r, card))
}

// ranText is the call's line in an incident's timeline.
func ranText(r Record) messages.Text {
	user, command := messages.User(r.Source.User), messages.Code("/"+r.Command)
	if r.State == Failed {
		return messages.New("incident.command_failed", "user", user, "command", command)
	}
	return messages.New("incident.command_ran", "user", user, "command", command, "took", r.FinishedAt.Sub(r.CreatedAt))
}
