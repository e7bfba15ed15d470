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

// PageOutcome records that the message of a page was delivered, or that it cannot be. After a crash it may be called again with the
// same outcome. After an error it is called again.
type PageOutcome func(ctx context.Context, pageID string, delivered bool, cause error) error

// Diversion names the channel or user that gets row's message when its own channel accepts no messages; "" for none.
type Diversion func(ctx context.Context, row Row) string

// ChannelClosed records that a channel accepts no messages. It is called before a message that was posted elsewhere instead is marked as
// done. After an error it is called again.
type ChannelClosed func(ctx context.Context, channel, code string) error

// IsShared tells whether people of other organisations read a channel; the error is why Slack does not say.
type IsShared func(ctx context.Context, channel string) (bool, error)

// Config is what a Worker needs. IsShared, Page, Divert, ChannelClosed and Failed may be nil.
type Config struct {
	Slack         *slack.Client
	HTTP          *http.Client // for response_url
	Outbox        Outbox
	Renderer      *render.Renderer
	Self          bot.Self
	IsShared      IsShared
	Page          PageOutcome
	Divert        Diversion
	ChannelClosed ChannelClosed
	// Failed is called with the error code of every failed request.
	Failed func(code string)
	// ChannelBurst is how many messages may follow each other at once in one channel before the pace is one per
	// second (SF-5.5); default 3.
	ChannelBurst int
	// RepairPause is the time between tries of a message that cannot be sent until a person fixes something; default 30 s.
	RepairPause time.Duration
	// Width is the number of requests at once; default 8.
	Width int
	Now   func() time.Time
	Log   *zap.Logger
}
