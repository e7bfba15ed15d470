package guide

import (
	"context"
	"errors"
	"fmt"
	"time"

	"opsbot/handlers"
	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/k8sops/runbooks"
	"opsbot/messages"
)

// pressLimit bounds what comes before and after the call that a press makes.
const pressLimit = 10 * time.Second

// Press implements handlers.Guided: the step is stored as begun by whoever pressed, and then its call is made by them, with every gate
// that it has. Of two presses at the same moment one is stored.
func (g *Guide) Press(ctx context.Context, a handlers.Action) error {
	r, step, err := g.pressed(ctx, a.Value)
	if err != nil {
		return err
	}
	r, err = g.Runs.UpdateRun(ctx, r.Begin(step, a.User, g.Now()))
	if errors.Is(err, runbooks.ErrConflict) {
		return calls.ErrConflict
	}
	if err != nil {
		return err
	}
	if err := g.show(ctx, r); err != nil {
		return err
	}
	req := handlers.PressRequest(a, &r.Steps[step].Call)
	req.SourceID = "runbook/" + r.CallID(step)
	req.Step = handlers.RunStep{CallID: r.CallID(step), Incident: r.Incident}
	g.Caller.Take(ctx, req)
	return g.reopen(context.WithoutCancel(ctx), r, step)
}

// pressed is the run whose next step a button is for.
func (g *Guide) pressed(ctx context.Context, value string) (runbooks.Run, int, error) {
	ctx, cancel := context.WithTimeout(ctx, pressLimit)
	defer cancel()
	var number int64
	var step, tries int
	if n, err := fmt.Sscanf(value, "%d/%d/%d", &number, &step, &tries); err != nil || n != 3 {
		return runbooks.Run{}, 0, unknown()
	}
	r, err := g.Runs.Run(ctx, number)
	switch {
	case errors.Is(err, runbooks.ErrNotFound):
		return r, 0, unknown()
	case err != nil:
		return r, 0, err
	case r.IsOver(), step != r.Current(), r.Steps[step].Tries != tries, r.Steps[step].State == runbooks.Running:
		return r, 0, &k8sops.Error{Code: k8sops.CodeConflict, Message: messages.New("guide.decided", "step", step+1, "number", number), Suggest: []string{"emergency"}}
	}
	return r, step, nil
}

// reopen lets the step wait again where its call was refused so early that there is no record of it.
func (g *Guide) reopen(ctx context.Context, r runbooks.Run, step int) error {
	ctx, cancel := context.WithTimeout(ctx, pressLimit)
	defer cancel()
	_, err := g.Calls.Call(ctx, r.CallID(step))
	if !errors.Is(err, calls.ErrNotFound) {
		return err
	}
	if r, err = g.Runs.UpdateRun(ctx, r.Settle(step, runbooks.Outcome{Result: string(calls.Refused), At: g.Now()})); err != nil {
		return err
	}
	return g.show(ctx, r)
}

func unknown() error {
	return &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("press.unknown")}
}
