package handlers

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"go.uber.org/zap"

	"opsbot/escalation/incident"
	"opsbot/k8sops"
	"opsbot/messages"
)

// start claims the call for running (storing the state is the claim: of two presses one fails with ErrConflict) and
// runs it in the background.
func (d *Dispatcher) start(ctx context.Context, r Record, actor, action string) error {
	r.State, r.StartedAt = Running, d.Now()
	if err := d.begin(ctx, &r, action, actor); err != nil {
		return err
	}
	d.runs.Go(func() {
		// A run outlives the request that started it, but not its limit.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.Settings.RunLimit)
		defer cancel()
		d.recordApproval(ctx, r)
		d.run(ctx, r)
	})
	return nil
}

// outcome is what a run leaves behind. result is nil where it failed before it had anything to say.
type outcome struct {
	result       *k8sops.Result
	verification *k8sops.Verification
	undo         string
}

// run does the work, proves that it took, and leaves the answer and the record.
func (d *Dispatcher) run(ctx context.Context, r Record) {
	progress := d.progress(ctx, r)
	out, err := d.execute(ctx, r, progress)
	progress.stop()
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = d.overLimit(err)
	}
	r.FinishedAt = d.Now()
	// The outcome must be stored and said even when the run's own time is up.
	d.insist(context.WithoutCancel(ctx), r, func(ctx context.Context) error {
		if out.result == nil {
			return d.fail(ctx, r, Failed, err)
		}
		return d.conclude(ctx, r, out, err)
	})
}

// conclude ends a call whose work was done. unproven is why its verification could not say whether it took.
func (d *Dispatcher) conclude(ctx context.Context, r Record, out outcome, unproven error) error {
	if unproven != nil {
		d.logCause(r, unproven)
		out.verification = &k8sops.Verification{Summary: messages.New("call.unproven", "reason", errorText(r, unproven))}
	}
	state := Succeeded
	if out.verification != nil && !out.verification.OK {
		state = Failed
	}
	card := r.offerUndo(out.undo, resultCard(r, out.result, out.verification))
	return d.finish(ctx, r, state, string(state), card)
}

// execute runs and verifies. An error beside a result means that the work was done but not proven.
func (d *Dispatcher) execute(ctx context.Context, r Record, p k8sops.Progress) (out outcome, err error) {
	call, err := d.call(r)
	if err != nil {
		return outcome{}, err
	}
	op := call.Operation
	err = guarded("run "+op.Name, func() (err error) {
		out.result, err = op.Run(ctx, call, r.Plan, p)
		if err == nil && out.result == nil {
			err = errors.New("no result")
		}
		return err
	})
	if err != nil {
		return outcome{}, err
	}
	err = guarded("verify "+op.Name, func() (err error) {
		if op.Undo != nil && r.Plan != nil {
			out.undo = op.Undo(call, r.Plan)
		}
		if op.Verify != nil {
			out.verification, err = op.Verify(ctx, call, r.Plan, p)
		}
		return err
	})
	return out, err
}

// guarded makes a panic in an operation's own code that call's failure, not the bot's end.
func guarded(what string, do func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%s: panic: %v\n%s", what, cause, debug.Stack())
		}
	}()
	return do()
}

func (d *Dispatcher) overLimit(cause error) error {
	return &k8sops.Error{
		Code: k8sops.CodeFailed, Message: messages.New("call.over_limit", "limit", d.Settings.RunLimit),
		Hint: messages.New("call.over_limit_hint"), Cause: cause,
	}
}

// What a run did must not stay unsaid because of a store that is locked or full for a while.
const (
	insistFor   = 5 * time.Minute
	insistPause = time.Second
)

// insist stores an outcome, trying again while the store fails. A conflict means that it is stored already.
func (d *Dispatcher) insist(ctx context.Context, r Record, store func(context.Context) error) {
	ctx, cancel := context.WithTimeout(ctx, insistFor)
	defer cancel()
	for pause := insistPause; ; pause *= 2 {
		err := store(ctx)
		if err == nil || errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) {
			return
		}
		d.Log.Error("outcome not recorded", zap.String("call", r.ID), zap.Duration("pause", pause), zap.Error(err))
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// finish stores the outcome of a call and shows its last card.
func (d *Dispatcher) finish(ctx context.Context, r Record, state State, outcome string, card messages.Card) error {
	r.State, r.Outcome = state, outcome
	if r.FinishedAt.IsZero() {
		r.FinishedAt = d.Now()
	}
	if err := d.update(ctx, &r, string(state), r.Source.User, d.answer(r, card)); err != nil {
		return err
	}
	d.recordInIncident(ctx, r, incident.EntryCommand, r.Source.User, ranText(r))
	return nil
}

// ranText is the call's line in an incident's timeline.
func ranText(r Record) messages.Text {
	user, command := messages.User(r.Source.User), messages.Code("/"+r.Command)
	if r.State == Failed {
		return messages.New("incident.command_failed", "user", user, "command", command)
	}
	began := r.StartedAt
	if began.IsZero() {
		began = r.CreatedAt
	}
	return messages.New("incident.command_ran", "user", user, "command", command, "took", r.FinishedAt.Sub(began))
}
