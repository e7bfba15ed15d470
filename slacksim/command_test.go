package slacksim_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"github.com/stretchr/testify/require"

	"opsbot/slacksim"
)

func always(payload any) answer {
	return func(e socketmode.Event) (any, bool) {
		if e.Type == socketmode.EventTypeEventsAPI {
			return nil, true
		}
		return payload, true
	}
}

func TestCommandAcks(t *testing.T) { // SF-2.5, SF-1.28
	skipShort(t)
	for name, c := range map[string]struct {
		payload any
		want    string // outcome for the person
		shown   []string
		private bool
	}{
		"empty":            {payload: nil},
		"ephemeral":        {payload: object{"text": "5 replicas"}, shown: []string{"5 replicas"}, private: true},
		"plain text":       {payload: "5 replicas", shown: []string{"5 replicas"}, private: true},
		"in channel":       {payload: object{"response_type": "in_channel", "text": "5 replicas"}, shown: []string{"/scale user 5", "5 replicas"}},
		"only the command": {payload: object{"response_type": "in_channel"}, shown: []string{"/scale user 5"}},
		"invalid blocks": {
			payload: object{"text": "x", "blocks": []object{{"type": "nope"}}}, want: "invalid_command_response",
			shown: []string{`/scale failed with the error "invalid_command_response"`}, private: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := slacksim.New(t, slacksim.Options{})
			startBot(t, w, always(c.payload))
			err := w.User("dba").Command("#ops", "/scale user 5")
			if c.want == "" {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, c.want)
				w.AllowViolation("invalid_ack_payload")
				w.AllowViolation("invalid_blocks")
			}
			var shown []string
			for _, m := range w.Messages("#ops") {
				shown = append(shown, m.Text())
				require.Equal(t, c.private, m.Ephemeral == w.User("dba").ID())
			}
			require.Equal(t, c.shown, shown)
		})
	}
}

func TestLateAckIsATimeout(t *testing.T) { // SF-1.23, SF-1.43
	skipShort(t)
	clock := newClock()
	w := slacksim.New(t, slacksim.Options{Clock: clock})
	s, _ := dial(t, w)
	result := make(chan error, 1)
	go func() { result <- w.User("dba").Command("#ops", "/ops help") }()
	e := s.read()
	require.Equal(t, true, e["accepts_response_payload"])
	require.NotContains(t, e, "retry_attempt")
	clock.Advance(3 * time.Second)
	require.EqualError(t, <-result, "operation_timeout")
	require.Equal(t, "missed_ack", w.Violations()[0].Kind)
	w.AllowViolation("missed_ack: no ack within 3 s for slash_commands /ops")
	s.ack(e, "")
	clock.Advance(time.Hour)
	require.NoError(t, w.WaitIdle(deadline(t), 0))
}

func TestUndeclaredCommandIsUnknown(t *testing.T) { // SF-7.10
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	require.ErrorContains(t, w.User("dba").Command("#ops", "/nothing"), "not declared")
	_, err := w.WaitMessage(deadline(t), slacksim.EphemeralTo("dba"), slacksim.Containing("/nothing is not a valid command"))
	require.NoError(t, err)
	require.EqualError(t, w.User("dba").Command("#ops", "/ops help"), "dispatch_failed")
}

func TestCommandTextEscaping(t *testing.T) { // SF-2.2
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	bot := startBot(t, w, nil)
	dba := w.User("dba")
	require.NoError(t, dba.Command("#ops", "/ops ask @zhangsan in #incidents about https://example.com/?a=1&b=2 <now>"))
	text := bot.next(t, socketmode.EventTypeSlashCommand).Data.(slack.SlashCommand).Text
	require.Equal(t, fmt.Sprintf("ask <@%s|zhangsan> in <#%s|incidents> about <https://example.com/?a=1&amp;b=2> &lt;now&gt;",
		w.User("system").ID(), w.ChannelID("#incidents")), text)
}

func TestResponseURL(t *testing.T) { // SF-2.6, SF-2.7, SF-2.10, SF-2.11
	skipShort(t)
	clock := newClock()
	w := slacksim.New(t, slacksim.Options{Clock: clock})
	bot := startBot(t, w, nil)
	newURL := func() string {
		require.NoError(t, w.User("dba").Command("#ops", "/ops help"))
		return bot.next(t, socketmode.EventTypeSlashCommand).Data.(slack.SlashCommand).ResponseURL
	}
	link := newURL()
	_, _, err := bot.api.PostMessage("", slack.MsgOptionResponseURL(link, slack.ResponseTypeEphemeral), slack.MsgOptionText("working…", false))
	require.NoError(t, err, "slack-go accepts the plain answer")
	require.Equal(t, w.User("dba").ID(), w.Messages("#ops")[0].Ephemeral)

	_, _, err = bot.api.PostMessage("", slack.MsgOptionReplaceOriginal(link), slack.MsgOptionText("done", false))
	require.NoError(t, err)
	require.Len(t, w.Messages("#ops"), 1)
	require.Equal(t, "done", w.Messages("#ops")[0].Text())

	require.NoError(t, slack.PostWebhook(link, &slack.WebhookMessage{Text: "for all", ResponseType: "in_channel"}))
	require.Empty(t, w.Messages("#ops")[1].Ephemeral)
	require.NoError(t, slack.PostWebhook(link, &slack.WebhookMessage{DeleteOriginal: true}))
	require.Len(t, w.Messages("#ops"), 1)
	require.NoError(t, slack.PostWebhook(link, &slack.WebhookMessage{Text: "5"}))
	requireHook(t, link, `{"text":"6"}`, http.StatusNotFound, "used_url")

	link = newURL()
	requireHook(t, link, `{`, http.StatusBadRequest, "invalid_payload")
	requireHook(t, link, `{"text":""}`, http.StatusBadRequest, "no_text")
	requireHook(t, link, `{"text":"x","blocks":[{"type":"nope"}]}`, http.StatusBadRequest, "invalid_blocks")
	w.AllowViolation("invalid_blocks")
	requireHook(t, link, `{"text":"x","replace_original":"true"}`, http.StatusOK, "ok")
	clock.Advance(30*time.Minute + time.Second)
	requireHook(t, link, `{"text":"late"}`, http.StatusNotFound, "expired_url")
	requireHook(t, w.URL()+"/hooks/nobody", `{"text":"x"}`, http.StatusNotFound, "no_service")
	require.NotEmpty(t, w.Calls("response_url"))
}

func requireHook(t *testing.T, link, body string, status int, text string) {
	t.Helper()
	resp, err := http.Post(link, "application/json", strings.NewReader(body))
	require.NoError(t, err)
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, text, string(got))
	require.Equal(t, status, resp.StatusCode)
	require.Equal(t, "text/html", resp.Header.Get("Content-Type"))
}
