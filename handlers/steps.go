package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"opsbot/escalation/incident"
	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/messages"
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

// maxTries is how often a step is begun by itself. One that opsbot does not survive must not end it again and again.
const maxTries = 5

// resume goes on with a run that an opsbot left which is gone.
func (d *Dispatcher) resume(ctx context.Context, r calls.Record) error {
	op, err := k8sops.Find(d.Catalog, r.Operation)
	if err != nil || !slices.EqualFunc(r.Steps, op.Steps[:min(len(r.Steps), len(op.Steps))], sameStep) {
		return d.interrupt(ctx, r) // of a version with other steps
	}
	last := r.Steps[len(r.Steps)-1]
	if last.DoneAt.IsZero() && (op.Steps[len(r.Steps)-1].Resume != k8sops.Again || last.Tries >= maxTries) {
		return d.askAboutStep(ctx, r)
	}
	return d.tryAgain(ctx, r, r.Source.User, "resumed")
}

func sameStep(stored calls.Step, declared k8sops.StoredStep) bool {
	return stored.Name == declared.Name
}

// tryAgain takes up the run at the step that was begun last, unless that is done.
func (d *Dispatcher) tryAgain(ctx context.Context, r calls.Record, actor, action string) error {
	r.Steps = slices.Clone(r.Steps)
	if last := &r.Steps[len(r.Steps)-1]; last.DoneAt.IsZero() {
		last.BegunAt = d.Now()
		last.Tries++
	}
	return d.continueRun(ctx, r, true, actor, action)
}

// continueRun claims the run and takes it up where it is; resumed tells whether its last step was begun before.
func (d *Dispatcher) continueRun(ctx context.Context, r calls.Record, resumed bool, actor, action string) error {
	r.State = calls.Running
	claim := func(ctx context.Context) error { return d.update(ctx, &r, action, actor) }
	return d.spawn(ctx, r.ID, claim, func(ctx context.Context) bool {
		d.Log.Info("run resumed", zap.String("call", r.ID), zap.String("command", r.Command))
		d.recordInIncident(ctx, r, incident.EntryCommand, actor, messages.New("incident.command_resumed", "user", messages.User(actor), "command", messages.Code("/"+r.Command)))
		return d.run(ctx, r, resumed)
	})
}

// askAboutStep asks a person what opsbot cannot know: whether the step during which it stopped was done.
func (d *Dispatcher) askAboutStep(ctx context.Context, r calls.Record) error {
	r.State = calls.Unclear
	return d.update(ctx, &r, "asked about step: "+r.Steps[len(r.Steps)-1].Name, r.Source.User, d.answer(r, calls.UnclearCard(r)))
}

// decideStep handles an answer to the question whether a step was done. Whoever could run the call may answer.
func (d *Dispatcher) decideStep(ctx context.Context, a Action) {
	ctx, cancel := context.WithTimeout(ctx, decisionLimit)
	defer cancel()
	id, _, _ := strings.Cut(a.Value, "/")
	r, err := d.pressedCall(ctx, id)
	if err == nil {
		err = d.decideStepOf(ctx, a, r)
	}
	d.answerPress(ctx, a, r, err)
}

func (d *Dispatcher) decideStepOf(ctx context.Context, a Action, r calls.Record) error {
	if r.State != calls.Unclear || a.Value != calls.StepValue(r) {
		return conflict(messages.New("decide.over", "command", messages.Code("/"+r.Command), "state", calls.StateText(r.State)))
	}
	if err := d.mayIntervene(ctx, a, r); err != nil {
		return err
	}
	step := r.Steps[len(r.Steps)-1].Name + ", try " + strconv.Itoa(r.Steps[len(r.Steps)-1].Tries)
	switch a.Name {
	case calls.ActionStepLeave:
		return d.recordStop(ctx, r, a.User)
	case calls.ActionStepAgain:
		return d.tryAgain(ctx, r, a.User, "step again: "+step)
	}
	op, err := k8sops.Find(d.Catalog, r.Operation)
	if err != nil {
		return err
	}
	// Stored together: a stop in between would leave a question that no button answers.
	r.Steps = afterStep(op, r.Steps, d.Now())
	return d.continueRun(ctx, r, false, a.User, "step was done: "+step)
}
