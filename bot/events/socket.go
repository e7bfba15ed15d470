package events

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"go.uber.org/zap"

	"opsbot/bot"
)

// keepSocket keeps one connection open. The client lives as long as the socket number does: acks that are queued while
// the link is down go out over the next one (SF-1.54).
func (l *Listener) keepSocket(ctx context.Context, n int) error {
	options := []socketmode.Option{}
	if l.Dialer != nil {
		options = append(options, socketmode.OptionDialer(l.Dialer))
	}
	client := socketmode.New(l.Connection.ClientOver(newReconnectPacer(l.Connection.HTTP, l.Now, l.closed)), options...)
	for {
		err := l.runSocket(ctx, client, n)
		l.connected[n].Store(false)
		if ctx.Err() != nil {
			return nil
		}
		if isFatal(err) {
			return fmt.Errorf("open Slack socket: %w", err)
		}
		l.Log.Warn("slack socket ended, opening another", zap.Int("socket", n), zap.Error(err))
		rest := time.Second
		if errors.Is(err, errReconnectSooner) {
			rest = reconnectMax
		}
		if !bot.Pause(ctx, rest) {
			return nil
		}
	}
}

// runSocket runs the client and reads its events. Nothing here may block: while events wait, acks wait (SF-1.27).
func (l *Listener) runSocket(ctx context.Context, client *socketmode.Client, n int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ended := make(chan error, 1)
	go func() { ended <- client.RunContext(ctx) }()
	for {
		select {
		case event := <-client.Events:
			if err := l.receive(ctx, client, n, event); err != nil {
				cancel(err)
			}
		case err := <-ended:
			if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
				return cause
			}
			return err
		}
	}
}

// receive handles one event of slack-go. An error ends the run of the socket.
func (l *Listener) receive(ctx context.Context, client *socketmode.Client, n int, event socketmode.Event) error {
	switch event.Type {
	case socketmode.EventTypeHello:
		l.connected[n].Store(true)
		l.Log.Info("slack socket connected", zap.Int("socket", n))
	case socketmode.EventTypeConnecting:
		l.connected[n].Store(false)
	case socketmode.EventTypeConnectionError:
		return l.connectionError(n, event)
	case socketmode.EventTypeEventsAPI, socketmode.EventTypeInteractive, socketmode.EventTypeSlashCommand:
		l.accept(ctx, client, *event.Request)
	case socketmode.EventTypeErrorBadMessage:
		l.badMessage(ctx, client, event)
	case socketmode.EventTypeErrorWriteFailed:
		l.Log.Warn("ack not written", zap.Int("socket", n), zap.String("cause", fmt.Sprint(event.Data)))
	case socketmode.EventTypeIncomingError:
		l.Log.Debug("slack socket broke", zap.Int("socket", n)) // every refresh may show one (SF-9.10)
	}
	return nil
}

// badMessage handles an envelope that slack-go cannot parse. It is acknowledged, or Slack would send it again (SF-1.26), and our
// own decoder may still understand it.
func (l *Listener) badMessage(ctx context.Context, client *socketmode.Client, event socketmode.Event) {
	bad, ok := event.Data.(*socketmode.ErrorBadMessage)
	if !ok {
		return
	}
	var request socketmode.Request
	if err := json.Unmarshal(bad.Message, &request); err != nil || request.EnvelopeID == "" {
		l.Log.Warn("unreadable frame from Slack", zap.Error(bad.Cause))
		return
	}
	l.accept(ctx, client, request)
}

// errReconnectSooner ends slack-go's own backoff, which grows to five minutes: people press buttons as soon as an outage ends.
var errReconnectSooner = errors.New("reconnecting sooner")

func (l *Listener) connectionError(n int, event socketmode.Event) error {
	failed, ok := event.Data.(*slack.ConnectionErrorEvent)
	if !ok {
		return nil
	}
	if isFatal(failed.ErrorObj) {
		return failed.ErrorObj
	}
	l.Log.Warn("cannot connect to Slack", zap.Int("socket", n), zap.Duration("backoff", failed.Backoff), zap.Error(failed.ErrorObj))
	if _, limited := errors.AsType[*slack.RateLimitedError](failed.ErrorObj); !limited && failed.Backoff > reconnectMax {
		return errReconnectSooner
	}
	return nil
}

// isFatal reports whether trying again cannot help (SF-1.7). The list is longer than slack-go's own.
func isFatal(err error) bool {
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		return status.Code == http.StatusNotFound // not Slack's API at all
	}
	refused, ok := errors.AsType[slack.SlackErrorResponse](err)
	return ok && slices.Contains([]string{
		"not_authed", "missing_args", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "user_removed_from_team",
		"team_disabled", "not_allowed_token_type", "missing_scope", "forbidden_team",
	}, refused.Err)
}
