package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/bot"
	"opsbot/bot/deliver"
	"opsbot/bot/render"
	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/internal/bubble"
	"opsbot/messages"
	"opsbot/slacksim"
)

// inSlack runs a test in a bubble of fake time, with a simulated Slack and a Deliverer of s that begins when it is told to.
func inSlack(t *testing.T, test func(t *testing.T, s *Store, w *slacksim.Workspace, deliver func())) {
	bubble.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(start)) // bubbles begin in 2000, when Slack's timestamps had nine digits
		s := openFile(t)
		w := slacksim.New(t, slacksim.Options{InMemory: true})
		http := w.HTTPClient()
		t.Cleanup(http.CloseIdleConnections)
		connection := bot.Connection{BotToken: w.BotToken(), AppToken: w.AppToken(), APIURL: w.APIURL(), HTTP: http}
		who, err := connection.Client().AuthTestContext(t.Context())
		require.NoError(t, err)
		texts, err := messages.Load()
		require.NoError(t, err)
		deliverer := deliver.New(deliver.Config{
			Slack: connection.Client(), HTTP: http, Outbox: s.Outbox(), Renderer: &render.Renderer{Catalogue: texts, Locale: "en"},
			Self: bot.Self{UserID: who.UserID, BotID: who.BotID}, Now: time.Now, Log: zap.NewNop(),
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		begun := false
		test(t, s, w, func() {
			begun = true
			go func() { ended <- deliverer.Run(ctx) }()
		})
		cancel()
		if begun {
			require.ErrorIs(t, <-ended, context.Canceled)
		}
	})
}

// A page whose post was begun and then cancelled never reached Slack: it ends, and the next page to the same person goes out.
func TestCancelledPageBlocksNoLaterOne(t *testing.T) {
	inSlack(t, func(t *testing.T, s *Store, w *slacksim.Workspace, deliver func()) {
		ctx, dba := t.Context(), w.User("dba").ID()
		page := func(id string) messages.Outbound {
			m := outbound(incident.PageKey(id), messages.LanePage, dba, "page "+id)
			m.PageID = id
			return m
		}
		inc := incident.Incident{Number: 1, GroupKey: "g", Status: incident.Open}
		p := incident.Page{ID: "1/1", Incident: 1, Address: dba, State: incident.PageIntended, IntendedAt: start}
		require.NoError(t, s.Apply(ctx, escalation.Change{Incident: inc, Pages: []incident.Page{p}, Messages: []messages.Outbound{page("1/1")}}))
		row := onlyDue(t, s.Outbox(), start)
		require.NoError(t, s.Outbox().Begin(ctx, row.ID, 1, start)) // and killed before the post
		inc.Version, p.State, p.AckedAt = 1, incident.PageCancelled, start
		require.NoError(t, s.Apply(ctx, escalation.Change{
			Incident: inc, Pages: []incident.Page{p}, CancelMessages: []string{incident.PageKey(p.ID)},
		}))
		require.NoError(t, s.Put(ctx, page("1/2")))

		deliver()
		time.Sleep(time.Minute)
		var shown []string
		for _, m := range w.DMs("dba") {
			shown = append(shown, m.Plain)
		}
		require.Equal(t, []string{"page 1/2"}, shown)
		require.Empty(t, dueKeys(t, s.Outbox(), time.Now().Add(time.Hour)))
		require.Equal(t, incident.PageCancelled, onlyPage(t, s).State)
	})
}
