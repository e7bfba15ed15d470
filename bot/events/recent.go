package events

import (
	"sync"
	"time"
)

// recentTTL is longer than the five to six minutes until Slack's last retry (SF-1.42).
const recentTTL = 10 * time.Minute

// recentIDs remembers envelope ids across all sockets: the same delivery may come again with the same id (SF-1.41).
type recentIDs struct {
	mu    sync.Mutex
	at    map[string]time.Time
	swept time.Time
}

func newRecentIDs() *recentIDs { return &recentIDs{at: map[string]time.Time{}} }

// add returns false if id is known.
func (r *recentIDs) add(id string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep(now)
	if _, known := r.at[id]; known {
		return false
	}
	r.at[id] = now
	return true
}

func (r *recentIDs) remove(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.at, id)
}

func (r *recentIDs) sweep(now time.Time) {
	if now.Sub(r.swept) < time.Minute {
		return
	}
	r.swept = now
	for id, at := range r.at {
		if now.Sub(at) > recentTTL {
			delete(r.at, id)
		}
	}
}
