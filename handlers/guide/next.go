package guide

import (
	"context"
	"errors"
	"time"

	"opsbot/handlers/calls"
	"opsbot/k8sops/runbooks"
)

// lostAfter is how long after a decision a call must be there: longer than it takes to make one.
const lostAfter = 30 * time.Second

// next is the run as it stands now, and the step whose look is to be taken, -1 for none.
func (g *Guide) next(ctx context.Context, r runbooks.Run) (now runbooks.Run, begin int, err error) {
	if r.IsOver() {
		return r, -1, nil
	}
	for {
		i := r.Current()
		switch {
		case i < 0:
			return r.End(g.Now()), -1, nil
		case r.Steps[i].State != runbooks.Running && r.Steps[i].Looks:
			return r, i, nil
		case r.Steps[i].State != runbooks.Running:
			return r, -1, nil
		}
		record, err := g.Calls.Call(ctx, r.CallID(i))
		switch {
		case errors.Is(err, calls.ErrNotFound) && g.Now().Sub(r.Steps[i].At) < lostAfter:
			return r, -1, nil
		case errors.Is(err, calls.ErrNotFound):
			r = lost(r, i, g.Now())
		case err != nil:
			return r, -1, err
		case !record.Over():
			return r.Stands(i, string(record.State)), -1, nil
		default:
			r = settled(r, i, record)
		}
	}
}

// lost is the run after opsbot was stopped between a decision and its call, or the call was refused before it was one.
func lost(r runbooks.Run, step int, now time.Time) runbooks.Run {
	if again, ok := r.Repeat(step); ok {
		return again
	}
	return r.Settle(step, runbooks.Outcome{Result: runbooks.ResultLost, At: now})
}

// settled is the run after the call of a step is over.
func settled(r runbooks.Run, step int, record calls.Record) runbooks.Run {
	if record.State == calls.Interrupted {
		if again, ok := r.Repeat(step); ok {
			return again
		}
	}
	return r.Settle(step, runbooks.Outcome{
		Result: string(record.State), Succeeded: record.State == calls.Succeeded, Begun: !record.StartedAt.IsZero(), At: record.FinishedAt,
	})
}
