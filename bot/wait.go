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

// doubled is first, doubled with every attempt (from 0), and at most limit.
func doubled(first, limit time.Duration, attempt int) time.Duration {
	return min(first<<min(attempt, 10), limit)
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
