package bot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/handlers"
	"opsbot/slacksim"
)

func TestSaid(t *testing.T) {
	inSlack(t, slacksim.Options{}, func(t *testing.T, d *delivery) {
		dba, admin := d.slack.User("dba"), d.slack.User("system")
		root, err := admin.Post("#incidents", "what is it?")
		require.NoError(t, err)
		_, err = admin.Reply("#incidents", root.TS, "anybody?")
		require.NoError(t, err)
		reply, err := dba.Reply("#incidents", root.TS, "a < b & @system knows")
		require.NoError(t, err)
		require.NoError(t, admin.React(reply, "eyes"))
		require.NoError(t, admin.React(reply, handlers.QuoteEmoji))
		require.NoError(t, dba.React(reply, handlers.QuoteEmoji))
		said := &Said{Slack: d.config.Slack, Names: NewPeople(d.config.Slack, d.config.Self, time.Now)}

		got, err := said.Message(t.Context(), reply.Channel, reply.TS)
		require.NoError(t, err)
		at, _ := parseSlackTime(reply.TS)
		require.Equal(t, handlers.Said{Channel: reply.Channel, TS: reply.TS, ThreadTS: root.TS, Author: dba.ID(), At: at,
			Text: "a < b & @张三 knows", PinnedBy: []string{admin.ID(), dba.ID()}}, got)

		got, err = said.Message(t.Context(), root.Channel, root.TS)
		require.NoError(t, err)
		require.Equal(t, []string{root.TS, "what is it?"}, []string{got.ThreadTS, got.Text})
		require.Empty(t, got.PinnedBy)

		_, err = said.Message(t.Context(), root.Channel, "1772452800.999999")
		require.Error(t, err)
	})
}
