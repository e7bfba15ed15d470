package engine

import (
	"sync"
	"time"
)

// arrivalClock gives deliveries, and what opsbot tells of itself, the times at which they were received, in the order in which they
// were. The clock of the machine may be set back meanwhile; a resolve that seems older than the alert that it ends would be
// taken for overtaken.
type arrivalClock struct {
	mu   sync.Mutex
	last time.Time
}

// at is now, or the moment after the last arrival where that is later.
func (a *arrivalClock) at(now time.Time) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now = now.Round(0); !now.After(a.last) { // what counts is the wall clock: that is what is stored
		now = a.last.Add(time.Nanosecond)
	}
	a.last = now
	return now
}
