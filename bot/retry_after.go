package bot

import (
	"sync"
	"time"
)

// RetryAfter remembers the Retry-After of one method: Slack limits the method, whichever part of opsbot calls it (SF-5.2).
// The zero value is open. It is safe for concurrent use.
type RetryAfter struct {
	mu    sync.Mutex
	until time.Time
}

// Close allows no calls until then, or longer if an earlier Close said so.
func (r *RetryAfter) Close(until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if until.After(r.until) {
		r.until = until
	}
}

// Left is how long the method is still closed.
func (r *RetryAfter) Left(now time.Time) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return max(0, r.until.Sub(now))
}
