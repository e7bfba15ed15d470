package events

import (
	"context"
	"time"

	"github.com/slack-go/slack/socketmode"
	"go.uber.org/zap"

	"opsbot/messages"
)

// ackTimeout bounds waiting for room in slack-go's ack queue, which only fills while the link is down; after three
// seconds an ack is worth nothing (SF-1.23).
const ackTimeout = 2 * time.Second

// accept acknowledges one envelope and queues what it holds. It never blocks on a handler.
func (l *Listener) accept(ctx context.Context, client *socketmode.Client, request socketmode.Request) {
	log := l.Log.With(zap.String("envelope", request.EnvelopeID), zap.String("type", request.Type))
	ack := func(payload any) { l.ack(ctx, client, request.EnvelopeID, payload, log) }

	in, err := l.decoder.decode(request.Type, request.Payload)
	if err != nil {
		log.Warn("unreadable payload", zap.Error(err))
		ack(l.refusal(request.Type, messages.New("bot.unreadable")))
		return
	}
	if in.empty() || !l.recent.add(request.EnvelopeID, l.Now()) {
		ack(nil)
		return
	}
	if in.submission != nil {
		l.acceptForm(ctx, in, ack, log)
		return
	}
	workers := l.pool
	if in.isIncidentAction() {
		workers = l.urgent
	}
	if !workers.reserve() {
		l.refuse(ctx, request, in, ack, log)
		return
	}
	ack(nil)
	workers.submit(func(ctx context.Context) { l.handle(ctx, in, log) })
}

func (l *Listener) ack(ctx context.Context, client *socketmode.Client, envelope string, payload any, log *zap.Logger) {
	ctx, cancel := context.WithTimeout(ctx, ackTimeout)
	defer cancel()
	if err := client.AckCtx(ctx, envelope, payload); err != nil {
		log.Warn("cannot ack", zap.Error(err))
	}
}
