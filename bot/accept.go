package bot

import (
	"context"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"go.uber.org/zap"

	"opsbot/handlers"
	"opsbot/messages"
)

const (
	// ackWait bounds waiting for room in slack-go's ack queue, which only fills while the link is down; after three
	// seconds an ack is worth nothing (SF-1.23).
	ackWait = 2 * time.Second
	// validateTime leaves two of Slack's three seconds for the way of the ack.
	validateTime = time.Second
)

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
	if in.isIncidentPress() {
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
	ctx, cancel := context.WithTimeout(ctx, ackWait)
	defer cancel()
	if err := client.AckCtx(ctx, envelope, payload); err != nil {
		log.Warn("cannot ack", zap.Error(err))
	}
}

// refuse says that there is no room. Nothing is dropped in silence: a command is answered in its ack, a press at its
// response_url, and an event is left unacknowledged, so that Slack delivers it again (SF-1.40).
func (l *Listener) refuse(ctx context.Context, request socketmode.Request, in inbound, ack func(any), log *zap.Logger) {
	log.Error("too much waits, refused")
	l.recent.remove(request.EnvelopeID)
	if in.eventID != "" {
		return
	}
	ack(l.refusal(request.Type, messages.New("bot.busy")))
	if url := in.responseURL(); in.command == nil && url != "" {
		l.pool.apologise(func() { l.say(ctx, url, l.text(messages.New("bot.busy")), log) })
	}
}

// refusal is an ack that answers a slash command (SF-2.5); other envelopes have no room for words.
func (l *Listener) refusal(envelope string, why messages.Text) any {
	if envelope != envelopeCommand {
		return nil
	}
	return map[string]string{"response_type": slack.ResponseTypeEphemeral, "text": l.text(why)}
}

func (l *Listener) text(t messages.Text) string {
	return escapeMrkdwn(l.Renderer.Catalogue.Printer(l.Renderer.Locale, messages.Plain()).Text(t))
}

func (l *Listener) say(ctx context.Context, url, text string, log *zap.Logger) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	message := &slack.WebhookMessage{Text: text, ResponseType: slack.ResponseTypeEphemeral}
	if err := slack.PostWebhookCustomHTTPContext(ctx, url, l.Connection.HTTP, message); err != nil {
		log.Warn("cannot answer at response_url", zap.String("cause", classify(err).code))
	}
}

// acceptForm validates a submission before it is acknowledged, because errors can only be shown in the ack (SF-3.8). It
// does so beside the reading of events, and what takes too long keeps the form open: what was typed is not lost.
func (l *Listener) acceptForm(ctx context.Context, in inbound, ack func(any), log *zap.Logger) {
	select {
	case l.forms <- struct{}{}:
	default:
		ack(l.formErrors(in, map[string]string{"": l.text(messages.New("bot.busy"))}))
		return
	}
	verdict := make(chan map[string]string, 1)
	check, cancel := context.WithTimeout(ctx, validateTime)
	go func() {
		defer func() { <-l.forms }()
		verdict <- l.validate(check, *in.submission, log)
	}()
	go func() {
		defer cancel()
		var faults map[string]string
		select {
		case faults = <-verdict:
		case <-check.Done():
			faults = map[string]string{"": l.text(messages.New("bot.busy"))}
		}
		if len(faults) == 0 && !l.pool.reserve() {
			faults = map[string]string{"": l.text(messages.New("bot.busy"))}
		}
		if len(faults) > 0 {
			ack(l.formErrors(in, faults))
			return
		}
		ack(nil)
		l.pool.submit(func(ctx context.Context) { l.handle(ctx, in, log) })
	}()
}

func (l *Listener) validate(ctx context.Context, s handlers.Submission, log *zap.Logger) (faults map[string]string) {
	defer func() {
		if p := recover(); p != nil {
			log.Error("validation panicked", zap.Any("panic", p), zap.Stack("stack"))
			faults = map[string]string{"": l.text(messages.New("bot.failed"))}
		}
	}()
	if l.Validate == nil {
		return nil
	}
	return l.Validate(ctx, s)
}

// formErrors keys every error by an input of the view: with any other key Slack only says "trouble connecting" (SF-3.8).
func (l *Listener) formErrors(in inbound, faults map[string]string) any {
	if len(in.blocks) == 0 {
		return nil
	}
	known := map[string]bool{}
	for _, b := range in.blocks {
		known[b] = true
	}
	errors := map[string]string{}
	for block, text := range faults {
		if !known[block] {
			block = in.blocks[0]
		}
		errors[block] = text
	}
	return slack.NewErrorsViewSubmissionResponse(errors)
}

// handle runs the handler on a worker.
func (l *Listener) handle(ctx context.Context, in inbound, log *zap.Logger) {
	defer func() {
		if p := recover(); p != nil {
			log.Error("handler panicked", zap.Any("panic", p), zap.Stack("stack"))
			if url := in.responseURL(); url != "" {
				l.say(ctx, url, l.text(messages.New("bot.failed")), log)
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
	case in.reaction != nil:
		l.Handler.Reaction(ctx, *in.reaction)
	case in.shortcut != nil:
		l.Handler.Shortcut(ctx, *in.shortcut)
	}
	for _, a := range in.actions {
		l.Handler.Action(ctx, a)
	}
}

// seen reports an event that another delivery brought (SF-1.41). When the store cannot tell, the event is handled:
// twice is better than never.
func (l *Listener) seen(ctx context.Context, in inbound, log *zap.Logger) bool {
	seen, err := l.Dedupe.Seen(ctx, in.eventID, l.Now())
	if err != nil {
		log.Error("cannot look up event", zap.String("event", in.eventID), zap.Error(err))
		return false
	}
	return seen
}
