package handlers

import (
	"context"
	"slices"
	"time"

	"opsbot/handlers/calls"
	"opsbot/k8sops"
)

// runSteps takes the steps that are not done yet; the first of them is stored as begun. That a step is done, with what it found
// out, is stored together with that the next one begins: whoever takes over after a stop in the middle knows how far the run came.
// An error of ErrConflict means that another opsbot runs the call now.
func (d *Dispatcher) runSteps(ctx context.Context, call *k8sops.Call, r *calls.Record, resumed bool, p k8sops.Progress) error {
	for i, step := range call.Operation.Steps {
		if !r.Steps[i].DoneAt.IsZero() {
			continue
		}
		err := catchPanic("step "+step.Name+" of "+call.Operation.Name, func() error { return step.Do(ctx, call, r.Plan, p, resumed) })
		if err != nil {
			return err
		}
		resumed = false
		// It is done, and that must be known even where the run is to stop now.
		if err := d.endStep(context.WithoutCancel(ctx), call.Operation, r); err != nil {
			return err
		}
		if shown, ok := p.(*reporter); ok {
			shown.begin(r.Steps)
		}
		if err := context.Cause(ctx); err != nil {
			return err
		}
	}
	return nil
}

// endStep stores that the last step begun is done, and that the one after it begins.
func (d *Dispatcher) endStep(ctx context.Context, op *k8sops.Operation, r *calls.Record) error {
	action := "step done: " + r.Steps[len(r.Steps)-1].Name
	r.Steps = afterStep(op, r.Steps, d.Now())
	return d.storeWithRetry(ctx, *r, func(ctx context.Context) error { return d.update(ctx, r, action, r.Source.User) })
}

// afterStep are the steps of a run whose last step begun is done at now, with the one after it begun.
func afterStep(op *k8sops.Operation, steps []calls.Step, now time.Time) []calls.Step {
	steps = slices.Clone(steps)
	steps[len(steps)-1].DoneAt = now
	if len(steps) < len(op.Steps) {
		steps = append(steps, calls.Step{Name: op.Steps[len(steps)].Name, BegunAt: now, Tries: 1})
	}
	return steps
}
