// Package slacktest is a simulated Slack workspace for the tests of bot's packages.
package slacktest

import (
	"net/http"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"opsbot/internal/bubble"
	"opsbot/messages"
	"opsbot/slacksim"
)

// Workspace is a simulated workspace with a client of the bot.
type Workspace struct {
	*slacksim.Workspace
	HTTP   *http.Client
	Client *slack.Client
}

// Noon is when the fake time of Run begins.
func Noon() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

// Run runs a test against a workspace inside a bubble of fake time; violations of Slack's rules fail it.
func Run(t *testing.T, o slacksim.Options, test func(t *testing.T, w *Workspace)) {
	t.Helper()
	bubble.Test(t, func(t *testing.T) {
		<-time.After(time.Until(Noon())) // bubbles begin in 2000, when Slack's timestamps had nine digits
		o.InMemory = true
		w := slacksim.New(t, o)
		test(t, connect(t, w, w.HTTPClient()))
	})
}

// Server is a workspace behind a real server; go test -short skips the test.
func Server(t *testing.T, o slacksim.Options) *Workspace {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a server")
	}
	return connect(t, slacksim.New(t, o), &http.Client{})
}

func connect(t *testing.T, w *slacksim.Workspace, client *http.Client) *Workspace {
	t.Cleanup(client.CloseIdleConnections)
	return &Workspace{Workspace: w, HTTP: client, Client: slack.New(w.BotToken(), slack.OptionAPIURL(w.APIURL()),
		slack.OptionAppLevelToken(w.AppToken()), slack.OptionHTTPClient(client))}
}

// Identity asks Slack who the bot is.
func (w *Workspace) Identity(t *testing.T) *slack.AuthTestResponse {
	t.Helper()
	who, err := w.Client.AuthTestContext(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// Catalogue is the texts of opsbot.
func Catalogue(t *testing.T) *messages.Catalogue {
	t.Helper()
	c, err := messages.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}
