package events

import (
	"cmp"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/bot"
	"opsbot/bot/slacktest"
	"opsbot/handlers"
	"opsbot/slacksim"
)

type names map[string]string

func (n names) Name(_ context.Context, user string) string { return cmp.Or(n[user], user) }

func TestMessageReader(t *testing.T) {
	slacktest.Run(t, slacksim.Options{}, func(t *testing.T, w *slacktest.Workspace) {
		dba, admin := w.User("dba"), w.User("system")
		root, err := admin.Post("#incidents", "what is it?")
		require.NoError(t, err)
		_, err = admin.Reply("#incidents", root.TS, "anybody?")
		require.NoError(t, err)
		reply, err := dba.Reply("#incidents", root.TS, "a < b & @system knows")
		require.NoError(t, err)
		require.NoError(t, admin.React(reply, "eyes"))
		require.NoError(t, admin.React(reply, handlers.QuoteEmoji))
		require.NoError(t, dba.React(reply, handlers.QuoteEmoji))
		said := &MessageReader{Slack: w.Client, Names: names{admin.ID(): "张三"}}

		got, err := said.Message(t.Context(), reply.Channel, reply.TS)
		require.NoError(t, err)
		at, _ := bot.ParseTimestamp(reply.TS)
		require.Equal(t, handlers.SlackMessage{Channel: reply.Channel, TS: reply.TS, ThreadTS: root.TS, Author: dba.ID(), At: at,
			Text: "a < b & @张三 knows", PinnedBy: []string{admin.ID(), dba.ID()}}, got)

		got, err = said.Message(t.Context(), root.Channel, root.TS)
		require.NoError(t, err)
		require.Equal(t, []string{root.TS, "what is it?"}, []string{got.ThreadTS, got.Text})
		require.Empty(t, got.PinnedBy)

		_, err = said.Message(t.Context(), root.Channel, "1772452800.999999")
		require.Error(t, err)
	})
}
