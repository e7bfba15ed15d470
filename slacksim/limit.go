package slacksim

import (
	"math"
	"time"
)

// bucket is a token bucket.
type bucket struct {
	tokens, capacity, perSecond float64
	at                          time.Time
}

// take uses one token; if there is none it returns the time until there is.
func (b *bucket) take(now time.Time) (wait time.Duration) {
	b.tokens = math.Min(b.capacity, b.tokens+now.Sub(b.at).Seconds()*b.perSecond)
	b.at = now
	if b.tokens >= 1 {
		b.tokens--
		return 0
	}
	seconds := math.Max(1, math.Ceil((1-b.tokens)/b.perSecond)) // SF-5.8
	return time.Duration(seconds) * time.Second
}

// block is a 429 that a client was told to wait out.
type block struct{ from, until time.Time }

type limits struct {
	mode    rateLimit
	buckets map[string]*bucket
	blocks  map[string]block
}

func (l *limits) init(mode rateLimit) {
	l.mode = mode
	l.buckets = map[string]*bucket{}
	l.blocks = map[string]block{}
}

func (l *limits) block(key string, now time.Time, d time.Duration) {
	l.blocks[key] = block{from: now, until: now.Add(d)}
}

func (l *limits) take(key string, now time.Time, capacity, perSecond float64) time.Duration {
	if l.mode == rateOff {
		return 0
	}
	b := l.buckets[key]
	if b == nil {
		b = &bucket{tokens: capacity, capacity: capacity, perSecond: perSecond, at: now}
		l.buckets[key] = b
	}
	wait := b.take(now)
	if wait > 0 {
		l.block(key, now, wait)
	}
	return wait
}

func postKey(channel string) string { return "post:" + channel }

// limitPost allows about one post per second and channel by any route
// (SF-5.5).
func (w *core) limitPost(route string, ch *channel) error {
	capacity := 5.0
	if w.limits.mode == rateStrict {
		capacity = 1
	}
	wait := w.limits.take(postKey(ch.id), w.opts.Clock.Now(), capacity, 1)
	if wait == 0 {
		return nil
	}
	w.violate(violationPostTooFast, "%s: more than one post per second in %s", route, w.channelLabel(ch))
	return &apiError{code: "rate_limited", retryAfter: wait}
}

func (w *core) channelLabel(ch *channel) string {
	if !ch.isIM() {
		return "#" + ch.name
	}
	if u := w.people.byID[ch.other(w.app.botUser)]; u != nil {
		return "the DM with " + u.name
	}
	return ch.id
}
