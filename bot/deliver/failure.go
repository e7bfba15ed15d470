package deliver

import (
	"time"

	"opsbot/bot"
)

// remedy is what delivery does after a failed request.
type remedy int

const (
	// retry: Slack has not done it; the same request may be sent again.
	retry remedy = iota
	// unknownOutcome: Slack may have done it (SF-6.1, SF-6.19); look before posting again.
	unknownOutcome
	// throttled: not done, and the method is closed until Retry-After (SF-5.2).
	throttled
	// simplify: the blocks were refused; the plain text will not be.
	simplify
	// join: the channel is public and we are not in it.
	join
	// divert: this channel accepts no posts; the message goes elsewhere.
	divert
	// repost: the message to be edited is gone or frozen.
	repost
	// repostRoot: the root of the thread is gone; it is posted anew before the reply.
	repostRoot
	// needsAdmin: nothing works until a person fixes the token, the scopes or the workspace's limit; rows wait.
	needsAdmin
	// parked: the channel accepts no messages and there is no other recipient; rows wait until a person fixes that.
	parked
	// cancelled: the message was cancelled before it was posted.
	cancelled
	// drop: Slack will never accept this message.
	drop
)

// failure is a failed request as data.
type failure struct {
	remedy remedy
	// code is Slack's error code, or what went wrong with the request; never empty.
	code  string
	after time.Duration // of throttled
	// begun: a post went out and a message may exist.
	begun bool
	err   error
}

func (f *failure) Error() string {
	detail := bot.ErrorDetail(f.err)
	if detail == "" || detail == f.code {
		return f.code
	}
	return f.code + ": " + detail
}

func (f *failure) Unwrap() error { return f.err }
