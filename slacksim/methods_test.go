package slacksim_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/stretchr/testify/require"

	"opsbot/slacksim"
)

func TestChannelLifeCycle(t *testing.T) {
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	bot := startBot(t, w, nil)
	api := bot.api
	c, err := api.CreateConversation(slack.CreateConversationParams{ChannelName: "inc-1"})
	require.NoError(t, err)
	require.True(t, c.IsMember)
	dba, lead := w.User("dba").ID(), w.User("development").ID()
	_, err = api.InviteUsersToConversation(c.ID, dba, lead)
	require.NoError(t, err)
	require.Equal(t, dba, nextInner[*slackevents.MemberJoinedChannelEvent](t, bot).User)
	members, _, err := api.GetUsersInConversation(&slack.GetUsersInConversationParameters{ChannelID: c.ID})
	require.NoError(t, err)
	require.Equal(t, []string{w.BotUser(), dba, lead}, members)
	require.NoError(t, api.KickUserFromConversation(c.ID, lead))
	changed, err := api.SetTopicOfConversation(c.ID, "the database is down")
	require.NoError(t, err)
	require.Equal(t, "the database is down", changed.Topic.Value)
	_, err = api.SetPurposeOfConversation(c.ID, "fix it")
	require.NoError(t, err)
	_, err = api.RenameConversation(c.ID, "inc-1-done")
	require.NoError(t, err)
	require.Equal(t, c.ID, w.ChannelID("#inc-1-done"))
	require.NoError(t, api.ArchiveConversation(c.ID))
	list, _, err := api.GetConversations(&slack.GetConversationsParameters{ExcludeArchived: true, Limit: 2})
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.NoError(t, api.UnArchiveConversation(c.ID))
	info, err := api.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: c.ID})
	require.NoError(t, err)
	require.False(t, info.IsArchived)
	_, _, _, err = api.JoinConversation(w.ChannelID("#general"))
	require.NoError(t, err)
	_, err = api.LeaveConversation(c.ID)
	require.NoError(t, err)
	require.NoError(t, api.MarkConversation(w.ChannelID("#ops"), "1.0"))
}

func TestInviteReportsEveryFailure(t *testing.T) { // SF-6.13
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	_, err := client(w).InviteUsersToConversation(w.ChannelID("#ops"), "U404", w.User("dba").ID())
	var refusal slack.SlackErrorResponse
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, "user_not_found", refusal.Err)
	require.Len(t, refusal.Errors, 2)
	require.Equal(t, "already_in_channel", refusal.Errors[1].ConversationsInviteResponseError.Error)
}

func TestPaging(t *testing.T) { // SF-6.14
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{RateLimit: slacksim.RateOff})
	api := client(w)
	for i := range 7 {
		_, _, err := api.PostMessage(w.ChannelID("#ops"), slack.MsgOptionText(strings.Repeat("x", i+1), false))
		require.NoError(t, err)
	}
	var sizes []int
	cursor := ""
	for {
		h, err := api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: w.ChannelID("#ops"), Limit: 3, Cursor: cursor})
		require.NoError(t, err)
		sizes = append(sizes, len(h.Messages))
		if cursor = h.ResponseMetaData.NextCursor; cursor == "" {
			break
		}
	}
	require.Equal(t, []int{3, 3, 1}, sizes)
}

func TestUsers(t *testing.T) {
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	api := client(w)
	u, err := api.GetUserByEmail("DBA@company.com")
	require.NoError(t, err)
	require.Equal(t, "李四", u.RealName)
	u, err = api.GetUserInfo(u.ID)
	require.NoError(t, err)
	require.Equal(t, "dba@company.com", u.Profile.Email)
	all, err := api.GetUsers()
	require.NoError(t, err)
	require.Len(t, all, 8) // six people, the bot, Slackbot
	who, err := api.AuthTest()
	require.NoError(t, err)
	require.Equal(t, w.BotUser(), who.UserID)
	require.Equal(t, w.TeamID(), who.TeamID)

	hidden := slacksim.New(t, slacksim.Options{Manifest: manifestWith(t, scopes("users:read"))})
	u, err = client(hidden).GetUserInfo(hidden.User("dba").ID())
	require.NoError(t, err)
	require.Empty(t, u.Profile.Email, "needs users:read.email")
}

func TestUserGroups(t *testing.T) { // SF-8.9
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	api := client(w)
	g, err := api.CreateUserGroup(slack.UserGroup{Name: "Database on call", Handle: "dba-oncall"})
	require.NoError(t, err)
	dba := w.User("dba").ID()
	_, err = api.UpdateUserGroupMembers(g.ID, dba)
	require.NoError(t, err)
	members, err := api.GetUserGroupMembers(g.ID)
	require.NoError(t, err)
	require.Equal(t, []string{dba}, members)
	_, err = api.UpdateUserGroupMembers(g.ID, "")
	require.EqualError(t, err, "no_users_provided")
	_, err = api.DisableUserGroup(g.ID)
	require.NoError(t, err)
	groups, err := api.GetUserGroups()
	require.NoError(t, err)
	require.Empty(t, groups)
	_, err = api.EnableUserGroup(g.ID)
	require.NoError(t, err)

	free := slacksim.New(t, slacksim.Options{FreePlan: true})
	_, err = client(free).GetUserGroups()
	require.EqualError(t, err, "plan_upgrade_required")
}

func TestMarks(t *testing.T) {
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	bot := startBot(t, w, nil)
	ops, ts, err := bot.api.PostMessage(w.ChannelID("#ops"), slack.MsgOptionText("status", false))
	require.NoError(t, err)
	ref := slack.NewRefToMessage(ops, ts)
	require.NoError(t, bot.api.AddReaction("eyes", ref))
	m, _ := w.Message("#ops", ts)
	require.NoError(t, w.User("dba").React(m, "eyes"))
	m, _ = w.Message("#ops", ts)
	require.Equal(t, []slacksim.Reaction{{Name: "eyes", Users: []string{w.BotUser(), w.User("dba").ID()}}}, m.Reactions)
	require.Equal(t, "eyes", nextInner[*slackevents.ReactionAddedEvent](t, bot).Reaction)
	require.NoError(t, bot.api.RemoveReaction("eyes", ref))
	require.NoError(t, bot.api.AddPin(ops, ref))
	items, _, err := bot.api.ListPins(ops)
	require.NoError(t, err)
	require.Equal(t, ts, items[0].Message.Timestamp)
	require.NoError(t, bot.api.RemovePin(ops, ref))
	b, err := bot.api.AddBookmark(ops, slack.AddBookmarkParameters{Title: "Runbook", Type: "link", Link: "https://example.com"})
	require.NoError(t, err)
	title := "Handbook"
	_, err = bot.api.EditBookmark(ops, b.ID, slack.EditBookmarkParameters{Title: &title})
	require.NoError(t, err)
	marks, err := bot.api.ListBookmarks(ops)
	require.NoError(t, err)
	require.Equal(t, "Handbook", marks[0].Title)
	require.NoError(t, bot.api.RemoveBookmark(ops, b.ID))
}

func TestFileUpload(t *testing.T) { // SF-6.16
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	api := client(w)
	_, root, err := api.PostMessage(w.ChannelID("#ops"), slack.MsgOptionText("logs please", false))
	require.NoError(t, err)
	content := strings.Repeat("日志\n", 3000)
	f, err := api.UploadFile(slack.UploadFileParameters{
		Filename: "user.log", Title: "Logs of user", FileSize: len(content), Content: content, Channel: w.ChannelID("#ops"),
		ThreadTimestamp: root, InitialComment: "here",
	})
	require.NoError(t, err)
	m, err := w.WaitMessage(deadline(t), slacksim.InThread(root), slacksim.Containing("Logs of user"))
	require.NoError(t, err)
	require.Equal(t, content, string(m.Files[0].Content))
	info, _, _, err := api.GetFileInfo(f.ID, 0, 0)
	require.NoError(t, err)
	var got bytes.Buffer
	require.NoError(t, api.GetFile(info.URLPrivateDownload, &got))
	require.Equal(t, content, got.String())
	o, _ := form(t, w, "files.completeUploadExternal", "files", `[{"id":"`+f.ID+`"}]`)
	require.Equal(t, "file_not_found", o["error"], "complete only once")
	require.NoError(t, api.DeleteFile(f.ID))
	_, _, _, err = api.GetFileInfo(f.ID, 0, 0)
	require.EqualError(t, err, "file_deleted")
}

func TestTeamBotEmojiDND(t *testing.T) {
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	api := client(w)
	team, err := api.GetTeamInfo()
	require.NoError(t, err)
	require.Equal(t, "Example Company", team.Name)
	_, err = api.GetEmoji()
	require.NoError(t, err)
	user := w.User("dba").ID()
	_, err = api.GetDNDInfo(&user)
	require.NoError(t, err)
	presence, err := api.GetUserPresence(user)
	require.NoError(t, err)
	require.Equal(t, "active", presence.Presence)
	channels, _, err := api.GetConversationsForUser(&slack.GetConversationsForUserParameters{})
	require.NoError(t, err)
	require.Len(t, channels, 2)
}
