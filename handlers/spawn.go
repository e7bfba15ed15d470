package handlers

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"opsbot/handlers/calls"
	"opsbot/k8sops"
)

// errHandOver ends runs that another opsbot, or this one after its next start, goes on with.
var errHandOver = k8sops.ErrHandOver

// stopRequest ends a run that a person stopped.
type stopRequest struct{ by string }

func (*stopRequest) Error() string { return "stopped by a person" }

// runningCalls are the runs of this opsbot by their call.
type runningCalls struct {
	group   sync.WaitGroup
	mu      sync.Mutex
	cancels map[string]context.CancelCauseFunc
	// left: a run ended here that may still be this opsbot's.
	left atomic.Bool
}

// spawn claims a call by storing that it runs, and then does its work in the background, which outlives the request that started
// it, but not its limit. The run is known here before it is stored: what is stored and not known here may be taken up. work tells
// whether it was left for another opsbot, or for this one to take up again.
func (d *Dispatcher) spawn(ctx context.Context, call string, claim func(context.Context) error, work func(context.Context) (left bool)) error {
	running, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	if !d.runs.add(call, cancel) {
		return calls.ErrConflict
	}
	if err := claim(ctx); err != nil {
		d.runs.remove(call)
		return err
	}
	d.runs.group.Go(func() {
		ctx, release := context.WithTimeout(running, d.Settings.RunLimit)
		defer release()
		left := work(ctx)
		d.runs.remove(call)
		if left {
			d.runs.left.Store(true)
		}
	})
	return nil
}

// add reports whether the call did not run here yet.
func (r *runningCalls) add(call string, cancel context.CancelCauseFunc) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cancels[call] != nil {
		return false
	}
	if r.cancels == nil {
		r.cancels = map[string]context.CancelCauseFunc{}
	}
	r.cancels[call] = cancel
	return true
}

func (r *runningCalls) remove(call string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cancel := r.cancels[call]; cancel != nil {
		cancel(nil)
	}
	delete(r.cancels, call)
}

// cancel ends the run of a call, if it is one of this opsbot's.
func (r *runningCalls) cancel(call string, cause error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	cancel := r.cancels[call]
	if cancel != nil {
		cancel(cause)
	}
	return cancel != nil
}

// calls are those that run.
func (r *runningCalls) calls() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var calls []string
	for call := range r.cancels {
		calls = append(calls, call)
	}
	return calls
}

// wait returns when all runs have ended, or with the error of ctx.
func (r *runningCalls) wait(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		r.group.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// handOverLimit is how long a run may take to notice that it ends.
const handOverLimit = 3 * time.Second

// HandOver ends the runs of this opsbot: it stops, or was cut off from the database for so long that another one takes its runs
// over. Nothing of them is stored any more.
func (d *Dispatcher) HandOver() {
	for _, call := range d.runs.calls() {
		d.runs.cancel(call, errHandOver)
	}
}

// Close waits for runs to end until ctx is over, and then hands them over.
func (d *Dispatcher) Close(ctx context.Context) error {
	if err := d.runs.wait(ctx); err == nil {
		return nil
	}
	d.HandOver()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handOverLimit)
	defer cancel()
	return d.runs.wait(ctx)
}
