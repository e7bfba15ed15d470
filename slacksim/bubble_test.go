package slacksim_test

import (
	"context"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
	"github.com/stretchr/testify/require"

	"opsbot/internal/bubble"
	"opsbot/slacksim"
)

// bubbleBot connects slack-go inside a synctest bubble and returns what it
// hears.
func bubbleBot(t *testing.T, w *slacksim.Workspace) <-chan socketmode.Event {
	http := w.HTTPClient()
	api := slack.New(w.BotToken(), slack.OptionAPIURL(w.APIURL()), slack.OptionAppLevelToken(w.AppToken()), slack.OptionHTTPClient(http))
	bot := socketmode.New(api, socketmode.OptionDialer(w.Dialer()))
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = bot.RunContext(ctx) }()
	heard := make(chan socketmode.Event, 100)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case e := <-bot.Events:
				if e.Request != nil && e.Request.EnvelopeID != "" {
					_ = bot.Ack(*e.Request)
				}
				heard <- e
			}
		}
	}()
	t.Cleanup(func() {
		stop()
		<-done
		http.CloseIdleConnections()
	})
	return heard
}

func TestHalfOpenLinkIsLeftByTheClient(t *testing.T) { // SF-1.31, SF-1.33
	bubble.Test(t, func(t *testing.T) {
		w := slacksim.New(t, slacksim.Options{InMemory: true})
		heard := bubbleBot(t, w)
		require.NoError(t, w.WaitConnected(t.Context(), 1))
		start := time.Now()
		w.SetHalfOpen(true)
		_, err := w.User("dba").Post("#incidents", "hello?")
		require.NoError(t, err)
		for e := range heard {
			outer, ok := e.Data.(slackevents.EventsAPIEvent)
			if !ok {
				continue
			}
			require.Equal(t, "hello?", outer.InnerEvent.Data.(*slackevents.MessageEvent).Text)
			break
		}
		// 30 s until slack-go gives the link up; the retry after one minute
		// finds the new one.
		require.InDelta(t, 70, time.Since(start).Seconds(), 5)
	})
}

func TestADayOfPingsAndRefreshes(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		w := slacksim.New(t, slacksim.Options{InMemory: true})
		heard := bubbleBot(t, w)
		hellos := 0
		timer := time.After(24 * time.Hour)
		for {
			select {
			case e := <-heard:
				if e.Type == socketmode.EventTypeHello {
					hellos++
				}
				continue
			case <-timer:
			}
			break
		}
		// Warned 10 s before 18060 s are over: slack-go reconnects then.
		require.Equal(t, 5, hellos)
		require.Equal(t, 1, w.Connections())
	})
}
