package events

import (
	"context"

	"go.uber.org/zap"

	"opsbot/messages"
)

// handle runs the handler on a worker.
func (l *Listener) handle(ctx context.Context, in inbound, log *zap.Logger) {
	defer func() {
		if p := recover(); p != nil {
			log.Error("handler panicked", zap.Any("panic", p), zap.Stack("stack"))
			if url := in.responseURL(); url != "" {
				l.answer(ctx, url, l.text(messages.New("bot.failed")), log)
			}
		}
	}()
	if in.eventID != "" && l.seen(ctx, in, log) {
		return
	}
	switch {
	case in.command != nil:
		l.Handler.Command(ctx, *in.command)
	case in.mention != nil:
		l.Handler.Mention(ctx, *in.mention)
	case in.submission != nil:
		l.Handler.Submit(ctx, *in.submission)
	case in.homeUser != "":
		l.Handler.HomeOpened(ctx, in.homeUser)
	case in.changedUser != "":
		l.Handler.UserChanged(ctx, in.changedUser)
	case in.changedChannel != "":
		l.Handler.ChannelChanged(ctx, in.changedChannel)
	case in.reaction != nil:
		l.Handler.Reaction(ctx, *in.reaction)
	case in.shortcut != nil:
		l.Handler.Shortcut(ctx, *in.shortcut)
	}
	for _, a := range in.actions {
		l.Handler.Action(ctx, a)
	}
}

// seen reports whether the event was delivered before (SF-1.41). If the store fails, the event is handled: twice is better than
// never.
func (l *Listener) seen(ctx context.Context, in inbound, log *zap.Logger) bool {
	seen, err := l.Dedupe.Seen(ctx, in.eventID, l.Now())
	if err != nil {
		log.Error("cannot look up event", zap.String("event", in.eventID), zap.Error(err))
		return false
	}
	return seen
}
