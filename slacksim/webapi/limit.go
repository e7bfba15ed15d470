package webapi

import (
	"time"

	"opsbot/slacksim/workspace"
)

// retryGrace is how long after a 429 another call is still taken for one that
// was on its way when the answer came.
const retryGrace = 250 * time.Millisecond

// limitKey is what a 429 for this call blocks: the method (SF-5.2).
func (c *call) limitKey() string { return c.method.name }

// checkRetryAfter records calls that come before Retry-After has passed.
func (w *API) checkRetryAfter(c *call) {
	now := w.Options.Clock.Now()
	for _, key := range []string{c.limitKey(), workspace.PostKey(c.str("channel"))} {
		b, ok := w.Limits.Blocks[key]
		if !ok || key != c.limitKey() && c.method.name != "chat.postMessage" {
			continue
		}
		if now.Sub(b.From) > retryGrace && now.Before(b.Until) {
			w.Violate(workspace.ViolationRetryAfterIgnored, "%s was called %v before its Retry-After ended", c.method.name, b.Until.Sub(now))
		}
		if !now.Before(b.Until) {
			delete(w.Limits.Blocks, key)
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
	if wait := w.Limits.Take(c.limitKey(), w.Options.Clock.Now(), perMinute, perMinute/60); wait > 0 {
		return &workspace.APIError{Code: "ratelimited", RetryAfter: wait}
	}
	return nil
}
