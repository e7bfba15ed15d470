package engine

import (
	"sync"
	"time"
)

// arrivalClock gives deliveries, and alerts about opsbot itself, increasing receive times. The machine's clock may be set back.
// Then a resolve would seem older than the alert that it ends, and would be ignored.
type arrivalClock struct {
	mu   sync.Mutex
	last time.Time
}

// at is now, or the moment after the last arrival where that is later.
func (a *arrivalClock) at(now time.Time) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now = now.Round(0); !now.After(a.last) { // by the wall clock, because that is what is stored
		now = a.last.Add(time.Nanosecond)
	}
	a.last = now
	return now
}
