package slacksim

import "time"

// retryGrace is how long after a 429 another call is still taken for one that
// was on its way when the answer came.
const retryGrace = 250 * time.Millisecond

// limitKey is what a 429 for this call blocks: the method (SF-5.2).
func (c *call) limitKey() string { return c.method.name }

// checkRetryAfter records calls that come before Retry-After has passed.
func (w *API) checkRetryAfter(c *call) {
	now := w.opts.Clock.Now()
	for _, key := range []string{c.limitKey(), postKey(c.str("channel"))} {
		b, ok := w.limits.blocks[key]
		if !ok || key != c.limitKey() && c.method.name != "chat.postMessage" {
			continue
		}
		if now.Sub(b.from) > retryGrace && now.Before(b.until) {
			w.violate(violationRetryAfterIgnored, "%s was called %v before its Retry-After ended", c.method.name, b.until.Sub(now))
		}
		if !now.Before(b.until) {
			delete(w.limits.blocks, key)
		}
	}
}

// limitMethod applies the method's tier. "Special" methods get several
// hundred a minute, as Slack says of posting (SF-5.5).
func (w *API) limitMethod(c *call) error {
	perMinute := float64(c.method.tier)
	if c.method.tier == tierSpecial {
		perMinute = 600
	}
	if wait := w.limits.take(c.limitKey(), w.opts.Clock.Now(), perMinute, perMinute/60); wait > 0 {
		return &apiError{code: "ratelimited", retryAfter: wait}
	}
	return nil
}
