package bot

import (
	"sync"
	"time"
)

// RetryAfter is until when Slack wants a method left alone: its Retry-After is for the method (SF-5.2), whoever of us calls it.
// The zero value is open. It is safe for concurrent use.
type RetryAfter struct {
	mu    sync.Mutex
	until time.Time
}

// Close leaves the method alone until then, or longer where that was asked for before.
func (r *RetryAfter) Close(until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if until.After(r.until) {
		r.until = until
	}
}

// Left is how long the method is still to be left alone.
func (r *RetryAfter) Left(now time.Time) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return max(0, r.until.Sub(now))
}
