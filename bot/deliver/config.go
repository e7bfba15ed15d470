package deliver

import (
	"context"
	"net/http"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"opsbot/bot"
	"opsbot/bot/render"
)

// PageOutcome is told once a page's message stands in Slack, or that it never will. It may be told the same thing
// again after a crash. An error makes delivery tell it again.
type PageOutcome func(ctx context.Context, pageID string, delivered bool, cause error) error

// Diversion names the channel (or user) that takes row's message when its own channel takes none any more; "" where
// there is none.
type Diversion func(ctx context.Context, row Row) string

// Closed is told that a channel takes no messages, before the one that another place has taken instead is done with. An
// error makes delivery tell it again.
type Closed func(ctx context.Context, channel, code string) error

// Config is what a Worker needs. Page, Divert, Closed and Failed may be nil.
type Config struct {
	Slack    *slack.Client
	HTTP     *http.Client // for response_url
	Outbox   Outbox
	Renderer *render.Renderer
	Self     bot.Self
	Page     PageOutcome
	Divert   Diversion
	Closed   Closed
	// Failed is told the error code of every request that failed.
	Failed func(code string)
	// ChannelBurst is how many messages may follow each other at once in one channel before the pace is one per
	// second (SF-5.5); default 3.
	ChannelBurst int
	// RepairPause is how long a message rests that cannot be sent before a person mends something; default 30 s.
	RepairPause time.Duration
	// Width is the number of requests at once; default 8.
	Width int
	Now   func() time.Time
	Log   *zap.Logger
}
