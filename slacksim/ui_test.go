package slacksim_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
	"github.com/stretchr/testify/require"

	"opsbot/slacksim"
)

// ui calls the page's own API.
func ui(t *testing.T, w *slacksim.Workspace, path string, body object) (object, int) {
	t.Helper()
	data, err := json.Marshal(body)
	require.NoError(t, err)
	resp, err := http.Post(w.URL()+"/ui/"+path, "application/json", bytes.NewReader(data))
	require.NoError(t, err)
	return decode(t, resp), resp.StatusCode
}

func uiGet(t *testing.T, w *slacksim.Workspace, path string) object {
	t.Helper()
	resp, err := http.Get(w.URL() + "/ui/" + path)
	require.NoError(t, err)
	return decode(t, resp)
}

// pageEvents opens the event stream of a person.
func pageEvents(t *testing.T, w *slacksim.Workspace, user string) func(kind string) object {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL()+"/ui/events?user="+user, nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	t.Cleanup(func() { resp.Body.Close() })
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	require.True(t, lines.Scan()) // the greeting: from here on nothing is missed
	return func(kind string) object {
		for lines.Scan() {
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			if !ok {
				continue
			}
			var o object
			require.NoError(t, json.Unmarshal([]byte(data), &o))
			if o["type"] == kind {
				return o
			}
		}
		t.Fatalf("the stream ended without %s", kind)
		return nil
	}
}

func TestPageState(t *testing.T) {
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{Panel: []slacksim.PanelGroup{{Title: "Break", Actions: []slacksim.PanelAction{
		{ID: "db", Title: "Break the database", Style: "danger", Run: func(context.Context) (string, error) { return "broken", nil }},
	}}}})
	s := uiGet(t, w, "state?user="+w.User("dba").ID())
	require.Equal(t, w.User("dba").ID(), s["me"].(object)["id"])
	require.Len(t, s["channels"], 3)
	require.Len(t, s["commands"], 2)
	require.Equal(t, "Break the database", s["panel"].([]any)[0].(object)["actions"].([]any)[0].(object)["title"])
	require.Equal(t, object{"delay_ms": 0.0, "rate_limit": 0.0, "http_5xx": 0.0, "accept_then_timeout": 0.0, "half_open": false, "offline": false}, s["faults"])
	o, _ := ui(t, w, "panel", object{"id": "db"})
	require.Equal(t, object{"ok": true, "message": "broken"}, o)
	_, status := ui(t, w, "panel", object{"id": "nothing"})
	require.Equal(t, http.StatusBadRequest, status)
	resp, err := http.Get(w.URL() + "/archives/C1/p1")
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Contains(t, resp.Header.Get("Content-Type"), "text/html")
}

func TestPageConversation(t *testing.T) {
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	bot := startBot(t, w, onSubmit(nil))
	dba, ops := w.User("dba").ID(), w.ChannelID("#ops")
	next := pageEvents(t, w, dba)
	other := pageEvents(t, w, w.User("network").ID())

	o, _ := ui(t, w, "post", object{"user": dba, "channel": ops, "text": "@opsbot help"})
	require.Equal(t, o["ts"], nextInner[*slackevents.AppMentionEvent](t, bot).TimeStamp)
	require.Equal(t, o["ts"], next("message")["message"].(object)["ts"])

	_, err := bot.api.PostEphemeral(ops, dba, slack.MsgOptionText("psst", false))
	require.NoError(t, err)
	_, ts, err := bot.api.PostMessage(ops, slack.MsgOptionText("card", false), slack.MsgOptionBlocks(
		slack.NewActionBlock("a", slack.NewButtonBlockElement("go", "v", plain("Go")))))
	require.NoError(t, err)
	secret := next("message")["message"].(object)
	require.Equal(t, true, secret["ephemeral"])
	require.Equal(t, o["ts"], other("message")["message"].(object)["ts"])
	require.Equal(t, ts, other("message")["message"].(object)["ts"], "the ephemeral one is not for others")

	answer, _ := ui(t, w, "action", object{"user": dba, "container": object{"type": "message", "channel": ops, "ts": ts}, "block_id": "a", "action_id": "go", "value": "v"})
	require.Equal(t, object{"ok": true}, answer)
	cb := bot.next(t, socketmode.EventTypeInteractive).Data.(slack.InteractionCallback)
	_, err = bot.api.OpenView(cb.TriggerID, scaleModal())
	require.NoError(t, err)
	view := next("view")["view"].(object)
	refused, _ := ui(t, w, "view/submit", object{"user": dba, "view_id": view["id"], "values": object{}})
	require.Equal(t, "errors", refused["response_action"])
	values := object{
		"b_service": object{"service": object{"type": "static_select", "selected_option": object{"value": "user"}}},
		"b_count":   object{"count": object{"type": "plain_text_input", "value": "5"}},
	}
	closed, _ := ui(t, w, "view/submit", object{"user": dba, "view_id": view["id"], "values": values})
	require.Equal(t, object{"response_action": "close"}, closed)
	require.Equal(t, view["id"], next("view_gone")["view_id"])

	ui(t, w, "react", object{"user": dba, "channel": ops, "ts": ts, "name": "eyes"})
	require.Len(t, next("message_changed")["message"].(object)["reactions"], 1)
	page := uiGet(t, w, "messages?user="+dba+"&channel="+ops+"&limit=2")
	require.Len(t, page["messages"], 2)
	require.Equal(t, true, page["has_more"])

	channels := uiGet(t, w, "state?user="+dba)["channels"].([]any)
	require.EqualValues(t, 2, channels[1].(object)["unread"])
	ui(t, w, "read", object{"user": dba, "channel": ops, "ts": ts})
	require.EqualValues(t, 0, next("channel")["channel"].(object)["unread"])

	ui(t, w, "home", object{"user": dba})
	home := nextInner[*slackevents.AppHomeOpenedEvent](t, bot)
	_, err = bot.api.PublishView(home.User, slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{section("home")}}}, "")
	require.NoError(t, err)
	require.Equal(t, "home", next("home")["view"].(object)["type"])

	ui(t, w, "command", object{"user": dba, "channel": ops, "text": "/ops help"})
	bot.next(t, socketmode.EventTypeSlashCommand)
	dm, _ := ui(t, w, "open", object{"user": dba, "with": w.BotUser()})
	require.Equal(t, w.ChannelID("@dba"), dm["channel"])
}

func TestPageFaults(t *testing.T) {
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	o, _ := ui(t, w, "faults", object{"rate_limit": 2, "http_5xx": 1, "delay_ms": 5, "half_open": true})
	require.EqualValues(t, 2, o["rate_limit"])
	require.EqualValues(t, 5, o["delay_ms"])
	o, _ = ui(t, w, "faults", object{"rate_limit": 0, "http_5xx": 0, "delay_ms": 0, "half_open": false, "drop_sockets": true})
	require.EqualValues(t, 0, o["rate_limit"])
	require.Equal(t, false, o["half_open"])
	_, err := client(w).AuthTest()
	require.NoError(t, err)
}
