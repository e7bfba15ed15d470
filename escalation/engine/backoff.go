package engine

import (
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
