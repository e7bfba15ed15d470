package slacksim_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
	"github.com/stretchr/testify/require"

	"opsbot/slacksim"
)

// testBot is a real slack-go client pair connected to a workspace. It acks
// everything at once unless answer says otherwise.
type testBot struct {
	api    *slack.Client
	client *socketmode.Client
	got    chan socketmode.Event
	done   chan error
	stop   context.CancelFunc
}

// answer returns the ack's payload and whether to ack at all.
type answer func(socketmode.Event) (payload any, ack bool)

func client(w *slacksim.Workspace, options ...slack.Option) *slack.Client {
	options = append([]slack.Option{
		slack.OptionAPIURL(w.APIURL()), slack.OptionAppLevelToken(w.AppToken()), slack.OptionHTTPClient(w.HTTPClient()),
	}, options...)
	return slack.New(w.BotToken(), options...)
}

func startBot(t *testing.T, w *slacksim.Workspace, reply answer, options ...socketmode.Option) *testBot {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	api := client(w)
	b := &testBot{
		api: api, client: socketmode.New(api, append([]socketmode.Option{socketmode.OptionDialer(w.Dialer())}, options...)...),
		got: make(chan socketmode.Event, 1000), done: make(chan error, 1), stop: stop,
	}
	before := w.Connections()
	go func() { b.done <- b.client.RunContext(ctx) }()
	go b.loop(ctx, reply)
	t.Cleanup(func() {
		stop()
		if err := <-b.done; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("socket mode client: %v", err)
		}
	})
	require.NoError(t, w.WaitConnected(deadline(t), before+1))
	return b
}

func (b *testBot) loop(ctx context.Context, reply answer) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-b.client.Events:
			if e.Request == nil || e.Request.EnvelopeID == "" {
				continue
			}
			var payload any
			ack := true
			if reply != nil {
				payload, ack = reply(e)
			}
			if ack && payload != nil {
				_ = b.client.Ack(*e.Request, payload)
			} else if ack {
				_ = b.client.Ack(*e.Request)
			}
			b.got <- e
		}
	}
}

// next waits for the next payload of a type.
func (b *testBot) next(t *testing.T, kind socketmode.EventType) socketmode.Event {
	t.Helper()
	ctx := deadline(t)
	for {
		select {
		case e := <-b.got:
			if e.Type == kind {
				return e
			}
		case <-ctx.Done():
			t.Fatalf("no %s arrived", kind)
		}
	}
}

// nextInner waits for the next event of an inner type.
func nextInner[T any](t *testing.T, b *testBot) T {
	t.Helper()
	for {
		outer := b.next(t, socketmode.EventTypeEventsAPI).Data.(slackevents.EventsAPIEvent)
		if inner, ok := outer.InnerEvent.Data.(T); ok {
			return inner
		}
	}
}

// deadline bounds waits for real connections; fake time does not reach it.
func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func skipShort(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
}
