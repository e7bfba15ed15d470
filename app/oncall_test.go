package app

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
	"opsbot/internal/apptest"
	"opsbot/slacksim"
)

// The feed is there from the start, and for those with a token only.
func TestOnCallFeedOfTheApp(t *testing.T) {
	slack := apptest.Workspace(t)
	c := apptest.Config(t, slack)
	c.OnCall.FeedTokens = []configs.Secret{configs.NewSecret("a-token-for-calendars")}
	a := startApp(t, c)
	defer func() { require.NoError(t, a.Stop(t.Context())) }()
	require.Contains(t, fetch(t, "http://"+a.Address()+"/oncall/dba.ics?token=a-token-for-calendars"), "SUMMARY:李四")
	require.NotContains(t, fetch(t, "http://"+a.Address()+"/oncall/dba.ics"), "李四")
}

// A stand-in is made in Slack, the alert comes after a restart, and the page goes to the stand-in.
func TestTheStandInIsPaged(t *testing.T) {
	slack := apptest.Workspace(t)
	c := apptest.Config(t, slack)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	a := startApp(t, c)
	require.NoError(t, slack.WaitConnected(ctx, 1))
	require.NoError(t, slack.User("dba").Command(incidents, "/oncall override dba @network for 1h"))
	_, err := slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Containing("is on call as database administrator"))
	require.NoError(t, err)
	require.NoError(t, a.Stop(ctx))

	a = startApp(t, c)
	defer func() { require.NoError(t, a.Stop(ctx)) }()
	require.Equal(t, 200, postAlerts(t, a.Address()))
	_, err = slack.WaitMessage(ctx, slacksim.In("@network"), slacksim.Containing("postgres is down"))
	require.NoError(t, err)
	require.Empty(t, slack.DMs("dba"))
	require.NoError(t, slack.WaitConnected(ctx, 1))
	require.NoError(t, slack.User("system").Command(incidents, "/oncall"))
	_, err = slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Containing("stands in until"))
	require.NoError(t, err)
}

func fetch(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url) //nolint:noctx // of a server in this process
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(body)
}
