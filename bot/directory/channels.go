package directory

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"opsbot/bot"
)

const (
	// channelTTL is how long an answer about a channel is used. Slack tells of a change too, but maybe another opsbot.
	channelTTL = time.Minute
	// channelStale is how much longer a channel counts as not shared while Slack cannot be asked. One that was shared stays shared.
	channelStale = 10 * time.Minute
	// channelRetry is the time between two questions about a channel that Slack does not answer: messages wait for the answer.
	channelRetry = 3 * time.Second
	// channelAnswer is how long an answer is waited for: alerts wait too.
	channelAnswer = 3 * time.Second
)

// Channels knows which channels other organisations read. It is safe for concurrent use.
type Channels struct {
	Slack *slack.Client
	// Allowed are the names or ids of channels that may be shared, Trusted of those whose members may read everything.
	Allowed, Trusted []string
	Now              func() time.Time
	Log              *zap.Logger

	closed bot.RetryAfter

	mu    sync.Mutex
	known map[string]*channelEntry
}

// channelEntry is what Slack said about a channel.
type channelEntry struct {
	mu     sync.Mutex // one request per channel at a time
	name   string
	shared bool
	at     time.Time // of the answer, zero where there was none
	asked  time.Time
	err    error // why there was no answer the last time
}

// IsShared tells whether people of other organisations read a channel, or are invited to, and opsbot is not allowed to write there. The error is
// why Slack does not say. A direct message is not shared: who may not use opsbot is refused by name.
func (c *Channels) IsShared(ctx context.Context, channel string) (bool, error) {
	if isDirect(channel) || slices.Contains(c.Allowed, channel) {
		return false, nil
	}
	e := c.lookUp(ctx, channel)
	defer e.mu.Unlock()
	switch age := c.Now().Sub(e.at); {
	case e.at.IsZero(), !e.shared && age >= channelTTL+channelStale:
		if e.err == nil {
			return false, errRateLimited
		}
		return false, e.err
	case e.shared:
		return !slices.Contains(c.Allowed, e.name), nil
	}
	return false, nil
}

// IsTrusted tells whether the members of a channel may read what anybody asks for there.
func (c *Channels) IsTrusted(ctx context.Context, channel string) bool {
	if slices.Contains(c.Trusted, channel) {
		return true
	}
	if len(c.Trusted) == 0 {
		return false
	}
	e := c.lookUp(ctx, channel)
	defer e.mu.Unlock()
	return e.name != "" && slices.Contains(c.Trusted, e.name)
}

// Forget makes the next question about a channel one to Slack.
func (c *Channels) Forget(channel string) {
	e := c.entry(channel)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.at.IsZero() {
		return
	}
	e.at, e.asked = c.Now().Add(-channelTTL), time.Time{}
}

// lookUp is the entry of a channel, locked, and as new as can be had.
func (c *Channels) lookUp(ctx context.Context, channel string) *channelEntry {
	e := c.entry(channel)
	e.mu.Lock()
	now := c.Now()
	if !e.at.IsZero() && now.Sub(e.at) < channelTTL || !e.asked.IsZero() && now.Sub(e.asked) < channelRetry || c.closed.Left(now) > 0 {
		return e
	}
	ctx, cancel := context.WithTimeout(ctx, channelAnswer)
	defer cancel()
	found, err := c.Slack.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: channel})
	e.asked, e.err = c.Now(), err
	if err != nil {
		cause := bot.Classify(err)
		if cause.Kind == bot.ErrorRateLimited {
			c.closed.Close(c.Now().Add(cause.RetryAfter))
		}
		c.Log.Warn("not known whether a channel is shared with other organisations", zap.String("channel", channel), zap.String("cause", cause.Code))
		return e
	}
	e.name, e.shared, e.at = found.Name, bot.SharedOutside(found), c.Now()
	return e
}

func (c *Channels) entry(channel string) *channelEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		c.known = map[string]*channelEntry{}
	}
	e, ok := c.known[channel]
	if !ok {
		e = &channelEntry{}
		c.known[channel] = e
	}
	return e
}

// isDirect tells a person, or the direct messages with one, from a channel.
func isDirect(channel string) bool {
	return channel == "" || strings.HasPrefix(channel, "U") || strings.HasPrefix(channel, "W") || strings.HasPrefix(channel, "D")
}
