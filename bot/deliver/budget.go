package deliver

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// budget keeps Slack's rate limits: one message per second and channel with a small burst (SF-5.5), the tier of each method
// (SF-5.1), and a minimum time between two edits of one message. It is safe for concurrent use.
type budget struct {
	channelBurst int

	mu       sync.Mutex
	methods  map[string]*methodBudget
	channels map[string]*rate.Limiter
	edits    map[int64]*rate.Limiter
	dms      map[string]string // user id → D… id
}

type methodBudget struct {
	rate        *rate.Limiter
	closedUntil time.Time // Retry-After of the last 429
}

const (
	// editSpacing keeps one message's edits apart, so that a chatty progress report does not eat the workspace's chat.update tier.
	editSpacing = 1200 * time.Millisecond
	// postSpacing is a little over the second that Slack allows, because what counts is when requests arrive.
	postSpacing = 1050 * time.Millisecond
)

func newBudget(channelBurst int) *budget {
	return &budget{
		channelBurst: max(channelBurst, 1),
		methods:      map[string]*methodBudget{},
		channels:     map[string]*rate.Limiter{},
		edits:        map[int64]*rate.Limiter{},
		dms:          map[string]string{},
	}
}

// mergeDM lets a user id and the id of the direct message channel share one limiter: first posts go to the user id, replies to the
// channel.
func (b *budget) mergeDM(user, dm string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dms[user] == dm {
		return
	}
	b.dms[user] = dm
	if l, ok := b.channels[user]; ok {
		b.channels[dm] = l
		delete(b.channels, user)
	}
}

// takePost claims one post to the channel. It returns the zero time if it got one, else when to ask again.
func (b *budget) takePost(method, channel string, now time.Time) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return takeAll(now, b.method(method).closedUntil, b.channel(channel), b.method(method).rate)
}

// takeEdit claims one edit of the message of row.
func (b *budget) takeEdit(row int64, now time.Time) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := b.method(methodUpdate)
	return takeAll(now, m.closedUntil, b.edit(row), m.rate)
}

// take claims one call of a method that posts nothing.
func (b *budget) take(method string, now time.Time) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := b.method(method)
	return takeAll(now, m.closedUntil, m.rate)
}

// takeAll claims one token of every limiter, or none at all.
func takeAll(now, closedUntil time.Time, limiters ...*rate.Limiter) time.Time {
	at := closedUntil
	for _, l := range limiters {
		if missing := 1 - l.TokensAt(now); missing > 0 {
			at = later(at, now.Add(time.Duration(missing/float64(l.Limit())*float64(time.Second))+time.Millisecond))
		}
	}
	if at.After(now) {
		return at
	}
	for _, l := range limiters {
		l.AllowN(now, 1)
	}
	return time.Time{}
}

// close allows no calls of a method until the given time, because Slack said Retry-After.
func (b *budget) close(method string, until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := b.method(method)
	m.closedUntil = later(m.closedUntil, until)
}

// closed is until when a method takes no calls, the zero time where it does.
func (b *budget) closed(method string, now time.Time) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return takeAll(now, b.method(method).closedUntil)
}

// dropIdle drops limiters that are full again, so that the maps do not grow with the incidents.
func (b *budget) dropIdle(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for channel, l := range b.channels {
		if l.TokensAt(now) >= float64(l.Burst()) {
			delete(b.channels, channel)
		}
	}
	for row, l := range b.edits {
		if l.TokensAt(now) >= float64(l.Burst()) {
			delete(b.edits, row)
		}
	}
}

// method makes limiters that refill a tenth slower than the tier allows and have that tenth as burst, so that no minute exceeds the
// tier.
func (b *budget) method(name string) *methodBudget {
	m, ok := b.methods[name]
	if !ok {
		tier := perMinute(name)
		m = &methodBudget{rate: rate.NewLimiter(rate.Limit(float64(tier)*0.9/60), max(tier/10, 1))}
		b.methods[name] = m
	}
	return m
}

func (b *budget) channel(id string) *rate.Limiter {
	if dm := b.dms[id]; dm != "" {
		id = dm
	}
	l, ok := b.channels[id]
	if !ok {
		l = rate.NewLimiter(rate.Every(postSpacing), b.channelBurst)
		b.channels[id] = l
	}
	return l
}

// edit allows a second edit at once: a quick command shows its result without waiting.
func (b *budget) edit(row int64) *rate.Limiter {
	l, ok := b.edits[row]
	if !ok {
		l = rate.NewLimiter(rate.Every(editSpacing), 2)
		b.edits[row] = l
	}
	return l
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
