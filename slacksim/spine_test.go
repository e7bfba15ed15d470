package slacksim_test

import (
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
	"github.com/stretchr/testify/require"

	"opsbot/slacksim"
)

func TestPersonAndBotTalk(t *testing.T) {
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	bot := startBot(t, w, nil)
	dba := w.User("dba")

	require.NoError(t, dba.Command("#incidents", "/scale user 5"))
	command := bot.next(t, socketmode.EventTypeSlashCommand).Data.(slack.SlashCommand)
	require.Equal(t, "/scale", command.Command)
	require.Equal(t, "user 5", command.Text)
	require.Equal(t, dba.ID(), command.UserID)

	said, err := dba.Mention("#incidents", "", "help")
	require.NoError(t, err)
	mention := nextInner[*slackevents.AppMentionEvent](t, bot)
	require.Equal(t, said.TS, mention.TimeStamp)

	_, ts, err := bot.api.PostMessage(command.ChannelID, slack.MsgOptionText("done", false), slack.MsgOptionTS(said.TS))
	require.NoError(t, err)
	m, err := dba.WaitMessage(deadline(t), slacksim.In("#incidents"), slacksim.InThread(said.TS), slacksim.Containing("done"))
	require.NoError(t, err)
	require.Equal(t, ts, m.TS)
	require.NoError(t, w.WaitIdle(deadline(t), 0))
}
