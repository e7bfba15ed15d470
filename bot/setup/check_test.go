package setup

import (
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/bot"
	"opsbot/bot/slacktest"
	"opsbot/messages"
	"opsbot/slacksim"
)

func connectionTo(w *slacktest.Workspace) bot.Connection {
	return bot.Connection{BotToken: w.BotToken(), AppToken: w.AppToken(), APIURL: w.APIURL(), HTTP: w.HTTP}
}

// said is what a person reads: each finding, "ok" or "bad" in front.
func said(t *testing.T, r Report) (out []string) {
	p := slacktest.Catalogue(t).Printer(messages.English, messages.Plain())
	for _, f := range r.Findings {
		word := "bad: "
		if f.OK {
			word = "ok: "
		} else {
			require.NotEmpty(t, p.Text(f.Next), "a problem has a next step")
		}
		out = append(out, word+p.Text(f.Text))
	}
	return out
}

func TestCheckFindsEverythingGood(t *testing.T) {
	w := slacktest.Server(t, slacksim.Options{Manifest: testManifest(t)})
	r, err := Check(t.Context(), connectionTo(w), "#incidents")
	require.NoError(t, err)
	require.True(t, r.OK(), "%q", said(t, r))
	require.Len(t, r.Findings, 4)
	require.Equal(t, w.BotUser(), r.Self.UserID)
	require.NotEmpty(t, r.Self.BotID)
	require.Equal(t, w.ChannelID("#incidents"), r.IncidentChannel)
}

func TestCheckNamesEveryProblem(t *testing.T) {
	lacking := []byte(`{"display_information":{"name":"opsbot"},"features":{"bot_user":{"display_name":"opsbot"}},
		"oauth_config":{"scopes":{"bot":["chat:write","channels:read","groups:read"]}},"settings":{"socket_mode_enabled":true}}`)
	cases := []struct {
		name     string
		manifest []byte
		change   func(c *bot.Connection)
		channel  string
		want     []string
	}{
		{"tokens swapped", nil, func(c *bot.Connection) { c.BotToken, c.AppToken = c.AppToken, c.BotToken }, "incidents", []string{
			"bad: slack.bot_token is not a bot token: it must begin with xoxb-.",
			"bad: slack.app_token is not an app-level token: it must begin with xapp-."}},
		{"tokens revoked", nil, func(c *bot.Connection) { c.BotToken, c.AppToken = "xoxb-old", "xapp-old" }, "incidents", []string{
			"bad: Slack refuses slack.bot_token (invalid_auth).",
			"bad: Slack refuses slack.app_token (invalid_auth)."}},
		{"scopes missing", lacking, func(*bot.Connection) {}, "incidents", []string{
			"bad: The bot token lacks scopes: app_mentions:read, canvases:write, channels:history, channels:join, chat:write.public, commands, files:read, files:write, groups:history, im:history, im:write, reactions:read, usergroups:read, users:read, users:read.email."}},
		{"no channel", nil, func(*bot.Connection) {}, "#alarms", []string{"bad: There is no channel #alarms that opsbot can see."}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := slacktest.Server(t, slacksim.Options{Manifest: c.manifest})
			connection := connectionTo(w)
			c.change(&connection)
			r, err := Check(t.Context(), connection, c.channel)
			require.NoError(t, err)
			require.False(t, r.OK())
			require.Subset(t, said(t, r), c.want)
		})
	}
}

func TestCheckJoinsTheIncidentChannel(t *testing.T) {
	w := slacktest.Server(t, slacksim.Options{})
	r, err := Check(t.Context(), connectionTo(w), "general")
	require.NoError(t, err)
	require.True(t, r.OK(), "%q", said(t, r))
	require.Equal(t, 1, w.CallCount("conversations.join"))
}

func TestCheckWithoutSlack(t *testing.T) {
	w := slacktest.Server(t, slacksim.Options{})
	w.SetOffline(true)
	_, err := Check(t.Context(), connectionTo(w), "incidents")
	require.ErrorContains(t, err, "auth.test")
}
