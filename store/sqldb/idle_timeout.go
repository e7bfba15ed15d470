package sqldb

import (
	"context"
	"fmt"
	"time"
)

// idleTimeout ends the context of work when the database is silent for too long. A server whose machine is gone leaves
// connections open on which a client could wait for a quarter of an hour. Work during which the server answers has no limit.
type idleTimeout struct {
	ctx      context.Context
	cancel   context.CancelCauseFunc
	patience time.Duration
	timer    *time.Timer
}

func (p *Pool) watch(ctx context.Context) (context.Context, *idleTimeout) {
	w := &idleTimeout{patience: p.patience}
	if p.patience == 0 {
		return ctx, w
	}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(p.patience, func() { w.cancel(fmt.Errorf("no answer in %s: %w", p.patience, ErrAway)) })
	return w.ctx, w
}

// heard restarts the timeout.
func (w *idleTimeout) heard() {
	if w.timer != nil {
		w.timer.Reset(w.patience)
	}
}

func (w *idleTimeout) stop() {
	if w.timer != nil {
		w.timer.Stop()
		w.cancel(nil)
	}
}

// why replaces what the driver says of the end of the context by its cause.
func (w *idleTimeout) why(err error) error {
	if err != nil && w.ctx != nil && w.ctx.Err() != nil {
		return context.Cause(w.ctx)
	}
	return err
}
