package escalation

import (
	"context"
	"time"
)

// backoff is the pause after a failure: it doubles up to a limit.
type backoff struct{ pause time.Duration }

func newBackoff() *backoff { return &backoff{pause: 100 * time.Millisecond} }

func (b *backoff) next() time.Duration {
	pause := b.pause
	b.pause = min(2*b.pause, 10*time.Second)
	return pause
}

// pause waits for d, or until ctx ends, which is its only error.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(max(d, 0))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
