package app

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"opsbot/configs"
	"opsbot/internal/apptest"
	"opsbot/internal/freeport"
	"opsbot/slacksim"
)

// Slack is down when opsbot starts, and an alert comes in: it is taken, and the thread opens when Slack is back.
func TestAlertsAreTakenInWhileSlackIsUnreachable(t *testing.T) {
	slack := apptest.Workspace(t)
	c := apptest.Config(t, slack)
	c.HTTP.Listen = "127.0.0.1:0"
	address, err := freeport.Address()
	require.NoError(t, err)
	c.HTTP.Listen = address
	slack.SetOffline(true)
	started := make(chan *App, 1)
	go func() {
		a, err := New(t.Context(), c, zaptest.NewLogger(t))
		if err == nil {
			err = a.Start(t.Context())
		}
		if err != nil {
			t.Error(err)
		}
		started <- a
	}()
	awaitPort(t, address)
	require.Equal(t, http.StatusOK, postAlerts(t, address))
	slack.SetOffline(false)
	a := <-started
	require.NotNil(t, a)
	defer func() { require.NoError(t, a.Stop(t.Context())) }()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err = slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Containing("postgres is down"))
	require.NoError(t, err)
	_, err = slack.WaitMessage(ctx, slacksim.In("@dba"), slacksim.Containing("postgres is down"))
	require.NoError(t, err)
}

func TestWrongTokenIsAStartUpError(t *testing.T) {
	slack := apptest.Workspace(t)
	c := apptest.Config(t, slack)
	c.Slack.BotToken = configs.NewSecret("xoxb-wrong")
	_, err := New(t.Context(), c, zaptest.NewLogger(t))
	require.ErrorContains(t, err, "slack.bot_token")
}

// A clean stop and a new start on the same storage: the incident goes on in its thread, and nobody is paged again.
func TestRestartGoesOnWhereItStopped(t *testing.T) {
	slack := apptest.Workspace(t)
	c := apptest.Config(t, slack)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	a := startApp(t, c)
	require.Equal(t, http.StatusOK, postAlerts(t, a.Address()))
	header, err := slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Containing("postgres is down"))
	require.NoError(t, err)
	_, err = slack.WaitMessage(ctx, slacksim.In("@dba"), slacksim.Containing("postgres is down"))
	require.NoError(t, err)
	require.NoError(t, a.Stop(ctx))

	a = startApp(t, c)
	defer func() { require.NoError(t, a.Stop(ctx)) }()
	require.Equal(t, http.StatusOK, postAlerts(t, a.Address()), "Alertmanager repeats")
	require.NoError(t, slack.WaitConnected(ctx, 1))
	require.NoError(t, slack.User("dba").Click(header, "ack"))
	_, err = slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Where(func(m slacksim.Message) bool {
		return m.TS == header.TS && !hasButton(m, "ack")
	}))
	require.NoError(t, err, "the header shows the acknowledgement")
	require.Len(t, slack.DMs("dba"), 1, "one page")
}

// The Home tab shows who one is and what one can start.
func TestHomeTab(t *testing.T) {
	slack := apptest.Workspace(t)
	a := startApp(t, apptest.Config(t, slack))
	defer func() { require.NoError(t, a.Stop(t.Context())) }()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, slack.WaitConnected(ctx, 1))
	admin := slack.User("system")
	require.NoError(t, admin.OpenHome())
	_, err := admin.WaitHome(ctx, "admin@company.com")
	require.NoError(t, err)
}

// The disk is full, say: webhooks are refused so that Alertmanager sends them again, and people are told instead of left waiting.
func TestStorageThatFailsIsSaid(t *testing.T) {
	slack := apptest.Workspace(t)
	a := startApp(t, apptest.Config(t, slack))
	defer func() { require.NoError(t, a.Stop(t.Context())) }()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, slack.WaitConnected(ctx, 1))
	require.NoError(t, a.store.Close())
	require.Equal(t, http.StatusServiceUnavailable, postAlerts(t, a.Address()))
	require.NoError(t, slack.User("development").Command(incidents, "/scale user 5"))
	_, err := slack.WaitMessage(ctx, slacksim.EphemeralTo("development"), slacksim.Containing("存储"))
	require.NoError(t, err)
	_, err = slack.User("dba").Mention(incidents, "", "health")
	require.NoError(t, err)
	_, err = slack.WaitMessage(ctx, slacksim.EphemeralTo("dba"), slacksim.Containing("存储"))
	require.NoError(t, err)
}
