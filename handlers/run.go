package handlers

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/cenkalti/backoff/v5"
	"go.uber.org/zap"

	"opsbot/escalation/incident"
	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/messages"
)

// start claims the call for running (storing the state is the claim: of two presses one fails with ErrConflict) and
// runs it in the background. What is to be said is stored with the claim.
func (d *Dispatcher) start(ctx context.Context, r calls.Record, actor, action string, say ...messages.Outbound) error {
	op, err := k8sops.Find(d.Catalog, r.Operation)
	if err != nil {
		return err
	}
	end, err := d.beginRead(op, r)
	if err != nil {
		return err
	}
	r.State, r.StartedAt = calls.Running, d.Now()
	if len(op.Steps) > 0 {
		r.Steps = []calls.Step{{Name: op.Steps[0].Name, BegunAt: r.StartedAt, Tries: 1}}
	}
	claim := func(ctx context.Context) error { return d.begin(ctx, &r, action, actor, say...) }
	err = d.spawn(ctx, r.ID, claim, func(ctx context.Context) bool {
		defer end()
		d.recordApproval(ctx, r)
		return d.run(ctx, r, false)
	})
	if err != nil {
		end()
	}
	return err
}

// beginRead counts a read of a cluster for the person who asked for it. A schedule's reads and all changes are not counted.
func (d *Dispatcher) beginRead(op *k8sops.Operation, r calls.Record) (end func(), err error) {
	if op.Answer == nil || len(op.Access) == 0 || r.Schedule != 0 {
		return func() {}, nil
	}
	return d.Quota.BeginRead(r.Source.User, d.Now())
}

// outcome is what a run leaves behind. result is nil where it failed before it had anything to say.
type outcome struct {
	result       *k8sops.Result
	verification *k8sops.Verification
	undo         *k8sops.Invocation
}

// run does the work, proves that it took, and leaves the answer and the record. A run that is cut short because this opsbot
// stops, or is no longer the one that runs it, leaves the record as it is: whoever takes it over goes on from there.
func (d *Dispatcher) run(ctx context.Context, r calls.Record, resumed bool) (left bool) {
	progress := d.progress(ctx, r)
	out, err := d.execute(ctx, &r, resumed, progress)
	progress.stop()
	cause := context.Cause(ctx)
	if err != nil && (errors.Is(cause, errHandOver) || errors.Is(err, calls.ErrConflict)) {
		d.Log.Info("run left for another opsbot or the next start", zap.String("call", r.ID), zap.Error(err))
		return true
	}
	// The outcome must be stored and said even when the run's own time is up.
	ctx = context.WithoutCancel(ctx)
	stopped, isStopped := errors.AsType[*stopRequest](cause)
	switch {
	case err != nil && isStopped:
		_ = d.storeWithRetry(ctx, r, func(ctx context.Context) error { return d.recordStop(ctx, r, stopped.by) })
		return false
	case err != nil && errors.Is(cause, context.DeadlineExceeded):
		err = d.overLimit(err)
	}
	r.FinishedAt = d.Now()
	_ = d.storeWithRetry(ctx, r, func(ctx context.Context) error { // what failed is logged
		if out.result == nil {
			return d.fail(ctx, r, calls.Failed, err)
		}
		return d.conclude(ctx, r, out, err)
	})
	return false
}

// conclude ends a call whose work was done. unproven is why its verification could not say whether it took.
func (d *Dispatcher) conclude(ctx context.Context, r calls.Record, out outcome, unproven error) error {
	if unproven != nil {
		d.logCause(r, unproven)
		out.verification = &k8sops.Verification{Summary: messages.New("call.unproven", "reason", calls.ErrorText(r, unproven))}
	}
	state := calls.Succeeded
	if out.verification != nil && !out.verification.OK {
		state = calls.Failed
	}
	card, err := d.offerUndo(ctx, &r, out.undo, calls.ResultCard(r, out.result, out.verification))
	if err != nil {
		return err
	}
	return d.finish(ctx, r, state, string(state), card)
}

// execute runs and verifies. An error beside a result means that the work was done but not proven.
func (d *Dispatcher) execute(ctx context.Context, r *calls.Record, resumed bool, p k8sops.Progress) (out outcome, err error) {
	call, err := d.call(*r)
	if err != nil {
		return outcome{}, err
	}
	op := call.Operation
	if op.Answer != nil {
		err = catchPanic("answer "+op.Name, func() (err error) {
			out.result, err = op.Answer(ctx, call, p)
			return noResult(out.result, err)
		})
		if err == nil && out.result.Secret != nil {
			err = d.showSecret(ctx, *r, *out.result.Secret)
		}
		return out, err
	}
	if err := d.runSteps(ctx, call, r, resumed, p); err != nil {
		return outcome{}, err
	}
	err = catchPanic("report on "+op.Name, func() (err error) {
		out.result, err = op.Report(call, r.Plan)
		return noResult(out.result, err)
	})
	if err != nil {
		return outcome{}, err
	}
	err = catchPanic("verify "+op.Name, func() (err error) {
		if op.Undo != nil {
			if out.undo, err = op.Undo(call, r.Plan); err != nil {
				return err
			}
		}
		out.verification, err = op.Verify(ctx, call, r.Plan, p)
		return err
	})
	if err == nil && op.Reveal != nil && out.verification.OK {
		out.verification = d.reveal(ctx, call, *r, out.verification)
	}
	return out, err
}

func noResult(result *k8sops.Result, err error) error {
	if err == nil && result == nil {
		return errors.New("no result")
	}
	return err
}

// catchPanic makes a panic in an operation's own code that call's failure, not the bot's end.
func catchPanic(what string, do func() error) (err error) {
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
	storeFor   = 5 * time.Minute
	firstPause = time.Second
)

// storeWithRetry stores what a run did, trying again while the store fails. A conflict means that it is stored already, or
// that another opsbot runs the call.
func (d *Dispatcher) storeWithRetry(ctx context.Context, r calls.Record, store func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, storeFor)
	defer cancel()
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.Multiplier, pauses.RandomizationFactor, pauses.MaxInterval = firstPause, 2, 0, storeFor
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := store(ctx)
		if errors.Is(err, calls.ErrConflict) || errors.Is(err, calls.ErrNotFound) {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(pauses), backoff.WithMaxElapsedTime(0), backoff.WithNotify(func(err error, pause time.Duration) {
		d.Log.Error("outcome not recorded", zap.String("call", r.ID), zap.Duration("pause", pause), zap.Error(err))
	}))
	return err
}

// finish stores the outcome of a call and shows its last card.
func (d *Dispatcher) finish(ctx context.Context, r calls.Record, state calls.State, outcome string, card messages.Card) error {
	r.State, r.Outcome = state, outcome
	if r.FinishedAt.IsZero() {
		r.FinishedAt = d.Now()
	}
	if err := d.update(ctx, &r, string(state), r.Source.User, d.answer(r, card)); err != nil {
		return err
	}
	d.recordInIncident(ctx, r, incident.EntryCommand, r.Source.User, timelineText(r))
	return nil
}

// timelineText is the call's line in an incident's timeline.
func timelineText(r calls.Record) messages.Text {
	user, command := messages.User(r.Source.User), messages.Code("/"+r.Command)
	if r.State == calls.Failed {
		return messages.New("incident.command_failed", "user", user, "command", command)
	}
	began := r.StartedAt
	if began.IsZero() {
		began = r.CreatedAt
	}
	return messages.New("incident.command_ran", "user", user, "command", command, "took", r.FinishedAt.Sub(began))
}
