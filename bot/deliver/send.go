package deliver

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"opsbot/bot"
	"opsbot/bot/render"
)

// sending is the state of sending one row.
type sending struct {
	row     Row
	content render.Message
	at      place
	// edit is where the message is in Slack if it is edited; empty if it is posted.
	edit posted
	// Each remedy is tried once, so that sending always ends.
	withoutTable, simplified, joined, diverted, reposted, triedResponseURL bool
	// closedCode is why closedChannel, the message's own channel, accepts no messages; "" if nobody has to be told.
	closedCode, closedChannel string
	// answered: the message went through the response_url.
	answered bool
	// claimed: the schedule has claimed the rate limit of the next post.
	claimed bool
	// withheldFrom is where the message was asked for, if that place may not read it, and withheldURL the response_url there.
	withheldFrom place
	withheldURL  string
	// explained: the message says why it is where it is.
	explained bool
}

// posted is where a message is in Slack.
type posted struct {
	channel, ts string
	version     int64
}

var (
	errExpired        = errors.New("nobody needs the message any more")
	errNobodyElse     = errors.New("the channel is shared with other organisations, and nobody else can be told")
	errUnknownReaders = errors.New("Slack does not say who reads the channel")
)

func newSending(row Row) *sending {
	return &sending{row: row, at: placeOf(row), edit: posted{channel: row.PostedChannel, ts: row.TS}, claimed: kindOf(row) == kindPost}
}

// send makes Slack show the row's version. It returns nil when that is done and recorded.
func (w *Worker) send(ctx context.Context, s *sending) *failure {
	row := s.row
	if row.InFlight && row.EphemeralTo == "" {
		found, f := w.findPosted(ctx, row, s.at)
		if f != nil {
			return f
		}
		if found.ts != "" {
			return w.recordDelivery(ctx, s, found)
		}
		s.row.InFlight = w.canDivert(s) // the other place is looked at when it comes to that
	}
	if !row.NotAfter.IsZero() && w.Now().After(row.NotAfter) {
		return &failure{remedy: drop, code: "expired", err: errExpired}
	}
	s.content = w.render(row)
	if w.unknown.times(row) >= plainAfter && kindOf(row) == kindPost {
		w.simplify(s, &failure{remedy: simplify, code: "unclear", err: errUnknownOutcome})
	}
	if row.EphemeralTo != "" {
		return w.sendEphemeral(ctx, s)
	}
	for {
		at, f := w.request(ctx, s)
		if f == nil {
			w.accepted()
			w.learnAboutTables(s)
			w.pointToAnswer(ctx, s)
			return w.recordDelivery(ctx, s, at)
		}
		if !w.applyRemedy(ctx, s, f) {
			return w.finalize(ctx, s, f)
		}
	}
}

// request posts or edits once.
func (w *Worker) request(ctx context.Context, s *sending) (posted, *failure) {
	if s.answered {
		return posted{channel: s.at.channel, version: s.row.Version}, nil
	}
	if f := w.withhold(ctx, s); f != nil {
		return posted{}, f
	}
	if s.edit.ts != "" {
		return w.update(ctx, s)
	}
	if s.row.InFlight && s.diverted { // the unconfirmed post may have been the diverted one
		if found, f := w.findPosted(ctx, s.row, s.at); f != nil || found.ts != "" {
			return found, f
		}
		s.row.InFlight = false
	}
	return w.post(ctx, s)
}

func (w *Worker) post(ctx context.Context, s *sending) (posted, *failure) {
	if f := w.waitForPost(ctx, s); f != nil {
		return posted{}, f
	}
	// Durable before the request goes out: after a crash the row says that there may be a message (SF-6.19).
	if err := w.Outbox.Begin(ctx, s.row.ID, s.row.Version, w.Now()); errors.Is(err, ErrCancelled) {
		return posted{}, &failure{remedy: cancelled, code: "cancelled", err: err}
	} else if err != nil {
		return posted{}, &failure{remedy: retry, code: "outbox", err: err}
	}
	if f := w.waitUntilOpen(ctx, methodPost); f != nil {
		return posted{}, f
	}
	options := append(messageOptions(s), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl())
	if s.at.thread != "" {
		options = append(options, slack.MsgOptionTS(s.at.thread))
		if s.row.Broadcast {
			options = append(options, slack.MsgOptionBroadcast())
		}
	}
	call, cancel := context.WithTimeout(ctx, bot.CallTimeout)
	defer cancel()
	channel, ts, err := w.Slack.PostMessageContext(call, s.at.channel, options...)
	if err != nil {
		f := w.failed(methodPost, err)
		f.begun = f.remedy == unknownOutcome
		return posted{}, f
	}
	if s.at.isUser() {
		w.rememberDM(s.at.channel, channel)
	}
	return posted{channel: channel, ts: ts, version: s.row.Version}, nil
}

func (w *Worker) update(ctx context.Context, s *sending) (posted, *failure) {
	if f := w.waitUntilOpen(ctx, methodUpdate); f != nil {
		return posted{}, f
	}
	call, cancel := context.WithTimeout(ctx, bot.CallTimeout)
	defer cancel()
	options := messageOptions(s)
	if len(s.content.Blocks) == 0 {
		options = append(options, slack.MsgOptionBlocks()) // else the old blocks would be kept or dropped at Slack's choice (SF-6.10)
	}
	channel, ts, _, err := w.Slack.UpdateMessageContext(call, s.edit.channel, s.edit.ts, options...)
	if err != nil {
		return posted{}, w.failed(methodUpdate, err)
	}
	return posted{channel: channel, ts: ts, version: s.row.Version}, nil
}

func messageOptions(s *sending) []slack.MsgOption {
	options := []slack.MsgOption{slack.MsgOptionText(s.content.Text, false), slack.MsgOptionMetadata(metadataOf(s.row))}
	if len(s.content.Blocks) > 0 {
		options = append(options, slack.MsgOptionBlocks(s.content.Blocks...))
	}
	return options
}

// failed classifies an error of method and closes the method as long as Retry-After says.
func (w *Worker) failed(method string, err error) *failure {
	f := failureOf(err)
	if w.Failed != nil {
		w.Failed(f.code)
	}
	if f.remedy == throttled {
		w.budget.close(method, w.Now().Add(f.after))
		w.Log.Warn("rate limited by Slack", zap.String("method", method), zap.Duration("retry_after", f.after))
	}
	return f
}

func (w *Worker) locale(row Row) string {
	if row.Locale != "" {
		return row.Locale
	}
	return w.Renderer.Locale
}

func logKey(row Row) zap.Field { return zap.String("message", row.Key) }

// sendSafely turns a panic into a failure: one card that cannot be drawn must not stop all other messages, restart after restart.
func (w *Worker) sendSafely(ctx context.Context, s *sending) (f *failure) {
	defer func() {
		if p := recover(); p != nil {
			f = &failure{remedy: drop, code: "panic", err: fmt.Errorf("deliver %s: panic: %v", s.row.Key, p)}
			w.Log.Error("delivery panicked", logKey(s.row), zap.Any("panic", p), zap.Stack("stack"))
		}
	}()
	return w.send(ctx, s)
}
