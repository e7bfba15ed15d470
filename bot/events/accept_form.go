package events

import (
	"context"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"opsbot/handlers"
	"opsbot/messages"
)

// acceptForm validates a submission before it is acknowledged, because errors can only be shown in the ack (SF-3.8). It does so in
// a goroutine, so that other events are read meanwhile. If validation takes too long, the form stays open and keeps what was typed.
func (l *Listener) acceptForm(ctx context.Context, in inbound, ack func(any), log *zap.Logger) {
	select {
	case l.forms <- struct{}{}:
	default:
		ack(l.formErrors(in, map[string]string{"": l.text(messages.New("bot.busy"))}))
		return
	}
	verdict := make(chan map[string]string, 1)
	check, cancel := context.WithTimeout(ctx, validateTimeout)
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

// formErrors makes sure that the key of every error is an input of the view: with any other key Slack only says "trouble
// connecting" (SF-3.8).
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

// validateTimeout leaves two of Slack's three seconds for sending the ack.
const validateTimeout = time.Second
