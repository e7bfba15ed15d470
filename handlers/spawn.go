package handlers

import (
	"context"
	"errors"
	"sync"
	"time"
)

// errHandOver ends runs that another opsbot, or this one after its next start, goes on with.
var errHandOver = errors.New("the run goes on elsewhere")

// stopRequest ends a run that a person stopped.
type stopRequest struct{ by string }

func (*stopRequest) Error() string { return "stopped by a person" }

// running are the runs of this opsbot by their call.
type running struct {
	group   sync.WaitGroup
	mu      sync.Mutex
	cancels map[string]context.CancelCauseFunc
}

// spawn does work of call r in the background. It outlives the request that started it, but not its limit.
func (d *Dispatcher) spawn(ctx context.Context, r Record, work func(context.Context)) {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	d.runs.add(r.ID, cancel)
	d.runs.group.Go(func() {
		defer d.runs.remove(r.ID)
		ctx, release := context.WithTimeout(ctx, d.Settings.RunLimit)
		defer release()
		work(ctx)
	})
}

func (r *running) add(call string, cancel context.CancelCauseFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cancels == nil {
		r.cancels = map[string]context.CancelCauseFunc{}
	}
	r.cancels[call] = cancel
}

func (r *running) remove(call string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cancel := r.cancels[call]; cancel != nil {
		cancel(nil)
	}
	delete(r.cancels, call)
}

// cancel ends the run of a call, if it is one of this opsbot's.
func (r *running) cancel(call string, cause error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	cancel := r.cancels[call]
	if cancel != nil {
		cancel(cause)
	}
	return cancel != nil
}

// calls are those that run.
func (r *running) calls() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var calls []string
	for call := range r.cancels {
		calls = append(calls, call)
	}
	return calls
}

// wait returns when all runs have ended, or with the error of ctx.
func (r *running) wait(ctx context.Context) error {
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
