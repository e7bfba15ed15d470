package workspace

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
type block struct{ From, Until time.Time }

type limits struct {
	mode    RateLimit
	buckets map[string]*bucket
	Blocks  map[string]block
}

func (l *limits) init(mode RateLimit) {
	l.mode = mode
	l.buckets = map[string]*bucket{}
	l.Blocks = map[string]block{}
}

func (l *limits) Block(key string, now time.Time, d time.Duration) {
	l.Blocks[key] = block{From: now, Until: now.Add(d)}
}

func (l *limits) Take(key string, now time.Time, capacity, perSecond float64) time.Duration {
	if l.mode == RateOff {
		return 0
	}
	b := l.buckets[key]
	if b == nil {
		b = &bucket{tokens: capacity, capacity: capacity, perSecond: perSecond, at: now}
		l.buckets[key] = b
	}
	wait := b.take(now)
	if wait > 0 {
		l.Block(key, now, wait)
	}
	return wait
}

// PostKey is what a 429 for posting too fast in a channel blocks.
func PostKey(channel string) string { return "post:" + channel }

// LimitPost allows about one post per second and channel by any route
// (SF-5.5).
func (w *Workspace) LimitPost(route string, ch *Channel) error {
	capacity := 5.0
	if w.Limits.mode == RateStrict {
		capacity = 1
	}
	wait := w.Limits.Take(PostKey(ch.ID), w.Options.Clock.Now(), capacity, 1)
	if wait == 0 {
		return nil
	}
	w.Violate(violationPostTooFast, "%s: more than one post per second in %s", route, w.ChannelLabel(ch))
	return &APIError{Code: "rate_limited", RetryAfter: wait}
}

// ChannelLabel names a conversation for people who read a violation.
func (w *Workspace) ChannelLabel(ch *Channel) string {
	if !ch.IsIM() {
		return "#" + ch.Name
	}
	if u := w.People.ByID[ch.Other(w.App.BotUser)]; u != nil {
		return "the DM with " + u.Name
	}
	return ch.ID
}
