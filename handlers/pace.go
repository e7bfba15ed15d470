package handlers

import "time"

// pace is how fast a run gets on. What was there already when it was first looked at is nobody's progress: a service that is scaled from
// 3 to 4 replicas is not three quarters done.
type pace struct {
	total int
	// first and firstAt are how far it was at the first look, done and doneAt how far it is and since when.
	first, done     int
	firstAt, doneAt time.Time
}

// stillAfter is when a run that does not get on is called still.
const stillAfter = 10 * time.Second

// left extrapolates from what has been done since the first look; 0 where that says nothing: nothing is done yet, less than a tenth is,
// or nothing has moved for a while.
func (p *pace) left(done, total int, now time.Time) time.Duration {
	if p.firstAt.IsZero() || total != p.total || done < p.first {
		*p = pace{total: total, first: done, done: done, firstAt: now, doneAt: now}
		return 0
	}
	if done > p.done {
		p.doneAt = now
	}
	p.done = done
	moved, all := done-p.first, total-p.first
	if moved <= 0 || done >= total || moved*10 < all || now.Sub(p.doneAt) >= stillAfter {
		return 0
	}
	return now.Sub(p.firstAt) / time.Duration(moved) * time.Duration(total-done)
}
