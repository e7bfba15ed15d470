package bot

import (
	"context"
	"time"
)

// WithGracePeriod returns a context that ends grace after parent ends, for work that should be finished.
func WithGracePeriod(parent context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	stop := context.AfterFunc(parent, func() {
		Pause(ctx, grace)
		cancel()
	})
	return ctx, func() { stop(); cancel() }
}

// Backoff is the wait before another attempt: first, doubled with every earlier attempt, and at most limit.
func Backoff(first, limit time.Duration, attempt int) time.Duration {
	return min(first<<min(attempt, 10), limit)
}

// Pause waits; false if ctx ended first.
func Pause(ctx context.Context, t time.Duration) bool {
	timer := time.NewTimer(t)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
