package events

import (
	"context"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"go.uber.org/zap"

	"opsbot/bot"
	"opsbot/bot/mrkdwn"
	"opsbot/messages"
)

// refuse tells the person that the queue is full. Nothing is dropped silently: a command is answered in its ack, a block action at
// its response_url, and an event is not acknowledged, so that Slack delivers it again (SF-1.40).
func (l *Listener) refuse(ctx context.Context, request socketmode.Request, in inbound, ack func(any), log *zap.Logger) {
	log.Error("too much waits, refused")
	l.recent.remove(request.EnvelopeID)
	if in.eventID != "" {
		return
	}
	ack(l.refusal(request.Type, messages.New("bot.busy")))
	if url := in.responseURL(); in.command == nil && url != "" {
		l.pool.tryExtra(func() { l.answer(ctx, url, l.text(messages.New("bot.busy")), log) })
	}
}

// refusal is the payload of an ack that answers a slash command (SF-2.5); the acks of other envelopes cannot carry a text.
func (l *Listener) refusal(envelope string, why messages.Text) any {
	if envelope != envelopeCommand {
		return nil
	}
	return map[string]string{"response_type": slack.ResponseTypeEphemeral, "text": l.text(why)}
}

func (l *Listener) text(t messages.Text) string {
	return mrkdwn.Escape(l.Catalogue.Printer(l.Locale, messages.Plain()).Text(t))
}

func (l *Listener) answer(ctx context.Context, url, text string, log *zap.Logger) {
	ctx, cancel := context.WithTimeout(ctx, bot.CallTimeout)
	defer cancel()
	message := &slack.WebhookMessage{Text: text, ResponseType: slack.ResponseTypeEphemeral}
	if err := slack.PostWebhookCustomHTTPContext(ctx, url, l.Connection.HTTP, message); err != nil {
		log.Warn("cannot answer at response_url", zap.String("cause", bot.Classify(err).Code))
	}
}
