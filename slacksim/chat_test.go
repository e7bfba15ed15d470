package slacksim_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/stretchr/testify/require"

	"opsbot/slacksim"
)

func section(text string) slack.Block {
	return slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", text, false, false), nil, nil)
}

func TestUpdateSemantics(t *testing.T) { // SF-6.10
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	api := client(w)
	channel, ts, err := api.PostMessage(w.ChannelID("#ops"), slack.MsgOptionText("fallback", false), slack.MsgOptionBlocks(section("first")),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "incident", EventPayload: object{"key": "i-1"}}))
	require.NoError(t, err)
	now := func() slacksim.Message {
		m, ok := w.Message("#ops", ts)
		require.True(t, ok)
		return m
	}

	_, _, _, err = api.UpdateMessage(channel, ts, slack.MsgOptionText("second", false), slack.MsgOptionBlocks(section("second block")))
	require.NoError(t, err)
	require.Contains(t, now().Text(), "second block")
	require.Empty(t, now().EditedAt, "no edited mark with blocks")
	require.JSONEq(t, `{"event_type":"incident","event_payload":{"key":"i-1"}}`, string(now().Metadata))

	o, _ := form(t, w, "chat.update", "channel", channel, "ts", ts, "metadata", "{}")
	require.Equal(t, true, o["ok"], "%v", o)
	require.Nil(t, now().Metadata)
	require.Contains(t, now().Text(), "second block", "text omitted: blocks stay")

	o, _ = form(t, w, "chat.update", "channel", channel, "ts", ts, "text", "third")
	require.Equal(t, true, o["ok"])
	require.Equal(t, "third", now().Text(), "text alone removes the blocks")
	require.NotEmpty(t, now().EditedAt)
}

func TestDirectMessageByUserID(t *testing.T) { // SF-6.9
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	bot := startBot(t, w, nil)
	channel, ts, err := bot.api.PostMessage(w.User("dba").ID(), slack.MsgOptionText("wake up", false))
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(channel, "D"), channel)
	require.Equal(t, channel, w.ChannelID("@dba"))
	require.Equal(t, ts, w.DMs("dba")[0].TS)
	_, _, _, err = bot.api.UpdateMessage(channel, ts, slack.MsgOptionText("woken", false))
	require.NoError(t, err)
	_, err = w.User("dba").Post("@bot", "here I am")
	require.NoError(t, err)
	for {
		if e := nextInner[*slackevents.MessageEvent](t, bot); e.Text == "here I am" {
			require.Equal(t, "im", e.ChannelType)
			break
		}
	}
	opened, _, _, err := bot.api.OpenConversation(&slack.OpenConversationParameters{Users: []string{w.User("dba").ID()}})
	require.NoError(t, err)
	require.Equal(t, channel, opened.ID)
}

func TestThreads(t *testing.T) { // SF-6.11
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	api := client(w)
	ops := w.ChannelID("#ops")
	_, root, err := api.PostMessage(ops, slack.MsgOptionText("root", false))
	require.NoError(t, err)
	_, reply, err := api.PostMessage(ops, slack.MsgOptionText("reply", false), slack.MsgOptionTS(root))
	require.NoError(t, err)
	_, shown, err := api.PostMessage(ops, slack.MsgOptionText("shown", false), slack.MsgOptionTS(root), slack.MsgOptionBroadcast())
	require.NoError(t, err)

	msgs, _, _, err := api.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: ops, Timestamp: root})
	require.NoError(t, err)
	require.Equal(t, []string{root, reply, shown}, stamps(msgs))
	require.Equal(t, 2, msgs[0].ReplyCount)
	history, err := api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: ops})
	require.NoError(t, err)
	require.Equal(t, []string{shown, root}, stamps(history.Messages))
	require.Equal(t, "thread_broadcast", history.Messages[0].SubType)
	require.Len(t, w.Thread("#ops", root), 2)

	_, _, err = api.PostMessage(ops, slack.MsgOptionText("lost", false), slack.MsgOptionTS(reply))
	require.NoError(t, err)
	require.Equal(t, "unknown_thread", w.Violations()[0].Kind)
	w.AllowViolation("unknown_thread")

	_, _, err = api.DeleteMessage(ops, root)
	require.NoError(t, err)
	m, ok := w.Message("#ops", root)
	require.True(t, ok)
	require.Equal(t, "tombstone", m.Subtype)
	_, _, _, err = api.UpdateMessage(ops, root, slack.MsgOptionText("still there?", false))
	require.EqualError(t, err, "message_not_found")
	_, _, err = api.DeleteMessage(ops, reply)
	require.NoError(t, err)
	require.Len(t, w.Thread("#ops", root), 1)
}

func stamps(msgs []slack.Message) []string {
	var out []string
	for _, m := range msgs {
		out = append(out, m.Timestamp)
	}
	return out
}

func TestMetadataComesBackOnRequest(t *testing.T) { // SF-8.1
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	api := client(w)
	_, _, err := api.PostMessage(w.ChannelID("#ops"), slack.MsgOptionText("x", false),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "incident", EventPayload: object{"key": "i-1"}}))
	require.NoError(t, err)
	for _, all := range []bool{false, true} {
		h, err := api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: w.ChannelID("#ops"), IncludeAllMetadata: all})
		require.NoError(t, err)
		require.Equal(t, all, h.Messages[0].Metadata.EventType == "incident")
	}
}

func TestLongTextIsSplit(t *testing.T) { // SF-4.3
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	api := client(w)
	_, _, err := api.PostMessage(w.ChannelID("#ops"), slack.MsgOptionText(strings.Repeat("é", 4040), false))
	require.NoError(t, err)
	require.Len(t, w.Messages("#ops"), 1)
	require.Empty(t, w.Violations())
	_, _, err = api.PostMessage(w.ChannelID("#ops"), slack.MsgOptionText(strings.Repeat("é", 8001), false))
	require.NoError(t, err)
	require.Len(t, w.Messages("#ops"), 4)
	require.Equal(t, "text_split", w.Violations()[0].Kind)
	w.AllowViolation("text_split")
}

func TestBlocksWithoutTextAreAWarning(t *testing.T) { // SF-4.72
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	o, _ := form(t, w, "chat.postMessage", "channel", w.ChannelID("#ops"), "blocks", `[{"type":"divider"}]`)
	require.Equal(t, true, o["ok"])
	require.Equal(t, "missing_text_in_message", o["warning"])
	w.AllowViolation("blocks_without_text: chat.postMessage")
}

func TestChannelNamesAreFlagged(t *testing.T) { // SF-6.9
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	o, _ := form(t, w, "chat.postMessage", "channel", "#ops", "text", "hi")
	require.Equal(t, w.ChannelID("#ops"), o["channel"])
	w.AllowViolation(`channel_by_name: chat.postMessage addressed channel "#ops" by name`)
}

func TestPublicChannelsFromOutside(t *testing.T) { // SF-6.8
	skipShort(t)
	for _, public := range []bool{true, false} {
		granted := []string{"chat:write"}
		if public {
			granted = append(granted, "chat:write.public")
		}
		w := slacksim.New(t, slacksim.Options{Manifest: manifestWith(t, scopes(granted...))})
		o, _ := form(t, w, "chat.postMessage", "channel", w.ChannelID("#general"), "text", "hi")
		require.Equal(t, public, o["ok"])
		if !public {
			require.Equal(t, "not_in_channel", o["error"])
		}
	}
}

func TestEphemeral(t *testing.T) { // SF-8.12
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	api := client(w)
	ts, err := api.PostEphemeral(w.ChannelID("#ops"), w.User("dba").ID(), slack.MsgOptionText("only you", false))
	require.NoError(t, err)
	m, err := w.WaitMessage(deadline(t), slacksim.EphemeralTo("dba"), slacksim.Containing("only you"))
	require.NoError(t, err)
	require.Equal(t, ts, m.TS)
	h, err := api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: w.ChannelID("#ops")})
	require.NoError(t, err)
	require.Empty(t, h.Messages)
	_, _, _, err = api.UpdateMessage(w.ChannelID("#ops"), ts, slack.MsgOptionText("x", false))
	require.EqualError(t, err, "message_not_found")
}

func TestScheduledMessages(t *testing.T) { // SF-8.8
	skipShort(t)
	clock := newClock()
	w := slacksim.New(t, slacksim.Options{Clock: clock})
	api := client(w)
	ops := w.ChannelID("#ops")
	_, first, err := api.ScheduleMessage(ops, unix(clock.Now().Add(time.Hour)), slack.MsgOptionText("later", false))
	require.NoError(t, err)
	_, second, err := api.ScheduleMessage(ops, unix(clock.Now().Add(2*time.Hour)), slack.MsgOptionText("never", false))
	require.NoError(t, err)
	list, _, err := api.GetScheduledMessages(&slack.GetScheduledMessagesParameters{Channel: ops})
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.NotEqual(t, first, second)
	_, err = api.DeleteScheduledMessage(&slack.DeleteScheduledMessageParameters{Channel: ops, ScheduledMessageID: list[1].ID})
	require.NoError(t, err)
	clock.Advance(3 * time.Hour)
	require.Len(t, w.Messages("#ops"), 1)
	require.Equal(t, "later", w.Messages("#ops")[0].Text())
}

func TestPermalink(t *testing.T) {
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	api := client(w)
	ops, ts, err := api.PostMessage(w.ChannelID("#ops"), slack.MsgOptionText("x", false))
	require.NoError(t, err)
	link, err := api.GetPermalink(&slack.PermalinkParameters{Channel: ops, Ts: ts})
	require.NoError(t, err)
	require.Equal(t, w.URL()+"/archives/"+ops+"/p"+strings.ReplaceAll(ts, ".", ""), link)
}

func unix(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }
