package deliver

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/bot"
	"opsbot/bot/events"
	"opsbot/handlers"
	"opsbot/messages"
	"opsbot/slacksim"
)

// withCommand types a slash command and runs a Deliverer beside the Listener, so that answers have a response_url.
func withCommand(t *testing.T, o slacksim.Options, channel string, test func(t *testing.T, d *delivery, url string)) {
	t.Helper()
	inSlack(t, o, func(t *testing.T, d *delivery) {
		answers := commands{heard: make(chan handlers.Command, 1)}
		listener := events.NewListener(events.ListenerConfig{
			Connection: bot.Connection{BotToken: d.slack.BotToken(), AppToken: d.slack.AppToken(), APIURL: d.slack.APIURL(), HTTP: d.config.HTTP},
			Dialer:     d.slack.Dialer(), Handler: answers, Now: time.Now, Log: d.config.Log,
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- listener.Run(ctx) }()
		defer func() {
			cancel()
			require.NoError(t, <-ended)
		}()
		for listener.Connected() < listener.Sockets {
			time.Sleep(10 * time.Millisecond)
		}
		require.NoError(t, d.slack.User("dba").Command(channel, "/scale user 5"))
		command := <-answers.heard
		d.start()
		test(t, d, command.ResponseURL)
	})
}

// commands hands on slash commands.
type commands struct {
	events.Handler
	heard chan handlers.Command
}

func (c commands) Command(_ context.Context, command handlers.Command) { c.heard <- command }

func ephemerals(d *delivery, channel string) (out []string) {
	for _, m := range d.slack.Messages(channel) {
		if m.Ephemeral == d.slack.User("dba").ID() {
			out = append(out, m.Plain)
		}
	}
	return out
}

func (d *delivery) ephemeral(key, text, url string, change ...func(*messages.Outbound)) {
	d.say(key, text, append([]func(*messages.Outbound){func(m *messages.Outbound) {
		m.EphemeralTo, m.ResponseURL, m.Lane = d.slack.User("dba").ID(), url, messages.LaneAnswer
	}}, change...)...)
}

func TestWhispersUseTheResponseURLFiveTimes(t *testing.T) {
	withCommand(t, slacksim.Options{}, "#incidents", func(t *testing.T, d *delivery, url string) {
		var want []string
		for i := range 7 {
			d.ephemeral(fmt.Sprint("answer/", i), fmt.Sprint("answer ", i), url)
			want = append(want, fmt.Sprint("answer ", i))
			d.settle(time.Minute)
		}
		require.Equal(t, want, ephemerals(d, "#incidents"))
		require.Equal(t, 5, d.slack.CallCount("response_url"))
		require.Equal(t, 2, d.slack.CallCount(methodEphemeral))
	})
}

func TestWhisperAfterTheResponseURLDied(t *testing.T) {
	withCommand(t, slacksim.Options{}, "#incidents", func(t *testing.T, d *delivery, url string) {
		d.stop()
		d.ephemeral("late", "after half an hour", url)
		time.Sleep(31 * time.Minute)
		d.start()
		d.settle(time.Minute)
		require.Equal(t, []string{"after half an hour"}, ephemerals(d, "#incidents"))
		require.Zero(t, d.slack.CallCount("response_url"), "a dead URL is not tried")
	})
}

func TestUsedURLFallsBack(t *testing.T) {
	withCommand(t, slacksim.Options{}, "#incidents", func(t *testing.T, d *delivery, url string) {
		for i := range 5 {
			d.ephemeral(fmt.Sprint(i), "before the restart", url)
		}
		d.settle(time.Minute)
		d.stop()
		d.start() // the count is gone
		d.ephemeral("6", "after the restart", url)
		d.settle(time.Minute)
		require.Contains(t, ephemerals(d, "#incidents"), "after the restart")
	})
}

// Where the bot may not speak at all, a public answer goes through the response_url and a whisper to the person's DM.
func TestAnswersInAChannelWithoutTheBot(t *testing.T) {
	o := slacksim.Options{Channels: []slacksim.ChannelSpec{{Name: "incidents"}, {Name: "secret", Private: true, WithoutBot: true}}}
	withCommand(t, o, "#secret", func(t *testing.T, d *delivery, url string) {
		secret := d.slack.ChannelID("#secret")
		d.say("public", "5 replicas", to(secret), func(m *messages.Outbound) { m.ResponseURL = url })
		d.settle(time.Minute)
		require.Equal(t, []string{"5 replicas"}, lines(d.slack.Messages("#secret")))

		d.ephemeral("private", "only for you", "", to(secret))
		d.settle(time.Minute)
		require.Equal(t, []string{"only for you"}, lines(d.slack.DMs("dba")))
		require.Empty(t, d.outbox.failedRows())
	})
}

func TestWhisperedFilesStayPrivate(t *testing.T) {
	withCommand(t, slacksim.Options{}, "#incidents", func(t *testing.T, d *delivery, url string) {
		d.ephemeral("a", "see the file", url, file("whoami.txt", "everything"))
		d.settle(time.Minute)
		shown, err := d.slack.WaitMessage(t.Context(), slacksim.EphemeralTo("dba"), slacksim.Containing("The file is in your direct messages with me."))
		require.NoError(t, err)
		require.Contains(t, shown.Text(), "see the file")
		require.Len(t, ephemerals(d, "#incidents"), 1)
		list := d.slack.DMs("dba")
		require.Len(t, list, 1)
		require.Equal(t, "whoami.txt", list[0].Files[0].Title)
	})
}
