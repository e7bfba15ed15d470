package bot

import (
	"context"
	"time"
)

// outlive returns a context that ends grace after parent, for work that should be finished rather than cut.
func outlive(parent context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	stop := context.AfterFunc(parent, func() {
		pause(ctx, grace)
		cancel()
	})
	return ctx, func() { stop(); cancel() }
}

// pause sleeps; false if ctx ended first.
func pause(ctx context.Context, t time.Duration) bool {
	timer := time.NewTimer(t)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
