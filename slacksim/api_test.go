package slacksim_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"opsbot/slacksim"
)

// manifestWith is a manifest with exactly these bot scopes.
func manifestWith(t *testing.T, change func(object)) []byte {
	t.Helper()
	m := object{
		"_metadata":           object{"major_version": 2, "minor_version": 1},
		"display_information": object{"name": "opsbot"},
		"features": object{
			"bot_user": object{"display_name": "opsbot", "always_online": true},
			"app_home": object{"home_tab_enabled": true, "messages_tab_enabled": true},
		},
		"oauth_config": object{"scopes": object{"bot": []string{"chat:write"}}},
		"settings":     object{"interactivity": object{"is_enabled": true}, "socket_mode_enabled": true},
	}
	change(m)
	data, err := yaml.Marshal(m)
	require.NoError(t, err)
	return data
}

func scopes(list ...string) func(object) {
	return func(m object) { m["oauth_config"] = object{"scopes": object{"bot": list}} }
}

func TestTokenRules(t *testing.T) { // SF-6.1, SF-6.15
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	api := w.APIURL() + "auth.test"
	const formType = "application/x-www-form-urlencoded"
	for name, c := range map[string]struct{ link, kind, bearer, body, want string }{
		"form field":        {api, formType, "", "token=" + w.BotToken(), ""},
		"header":            {api, formType, w.BotToken(), "", ""},
		"JSON and header":   {api, "application/json; charset=utf-8", w.BotToken(), "{}", ""},
		"JSON body token":   {api, "application/json", "", `{"token":"` + w.BotToken() + `"}`, "not_authed"},
		"query of a POST":   {api + "?token=" + w.BotToken(), formType, "", "", "not_authed"},
		"none":              {api, formType, "", "", "not_authed"},
		"wrong":             {api, formType, "xoxb-wrong", "", "invalid_auth"},
		"app token":         {api, formType, w.AppToken(), "", "not_allowed_token_type"},
		"broken JSON":       {api, "application/json", w.BotToken(), "{", "invalid_json"},
		"JSON array":        {api, "application/json", w.BotToken(), "[]", "json_not_object"},
		"no content type":   {api, "", w.BotToken(), "a=b", "missing_post_type"},
		"odd content type":  {api, "text/csv", w.BotToken(), "a,b", "invalid_post_type"},
		"unknown method":    {w.APIURL() + "chat.shout", formType, w.BotToken(), "", "unknown_method"},
		"charset on a form": {api, formType + "; charset=utf-8", w.BotToken(), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			o, resp := post(t, c.link, c.kind, c.bearer, c.body)
			require.Equal(t, http.StatusOK, resp.StatusCode) // SF-6.2
			require.Equal(t, c.want == "", o["ok"])
			if c.want != "" {
				require.Equal(t, c.want, o["error"])
			}
		})
	}
	require.Len(t, w.Violations(), 1)
	w.AllowViolation("token_in_query: auth.test")
}

func TestMissingScope(t *testing.T) { // SF-6.3
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{Manifest: manifestWith(t, scopes("chat:write", "channels:read"))})
	o, resp := form(t, w, "users.list")
	require.Equal(t, object{"ok": false, "error": "missing_scope", "needed": "users:read", "provided": "chat:write,channels:read"}, o)
	require.Equal(t, "chat:write,channels:read", resp.Header.Get("X-OAuth-Scopes"))
	require.Equal(t, "users:read", resp.Header.Get("X-Accepted-OAuth-Scopes"))

	_, _, err := client(w).GetConversations(&slack.GetConversationsParameters{Types: []string{"private_channel"}})
	var refusal slack.SlackErrorResponse
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, "groups:read", refusal.Needed)

	o, _ = form(t, w, "conversations.info", "channel", w.ChannelID("#ops"))
	require.Equal(t, true, o["ok"])
	o, _ = form(t, w, "conversations.create", "name", "inc-1")
	require.Equal(t, "missing_scope", o["error"])
}

func TestErrors(t *testing.T) {
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{
		RateLimit: slacksim.RateOff,
		Channels: append(slacksim.DefaultChannels(),
			slacksim.ChannelSpec{Name: "secret", Private: true, WithoutBot: true},
			slacksim.ChannelSpec{Name: "war-room", Private: true, Members: []string{"dba"}}),
	})
	w.AllowViolation("invalid_blocks")
	ops, general, secret := w.ChannelID("#ops"), w.ChannelID("#general"), w.ChannelID("#secret")
	archived, _ := form(t, w, "conversations.create", "name", "old")
	old := archived["channel"].(object)["id"].(string)
	form(t, w, "conversations.archive", "channel", old)
	human, err := w.User("dba").Post("#ops", "mine")
	require.NoError(t, err)
	mine, _ := form(t, w, "chat.postMessage", "channel", ops, "text", "bot's")
	ts := mine["ts"].(string)
	form(t, w, "usergroups.create", "name", "On call", "handle", "oncall")
	form(t, w, "pins.add", "channel", ops, "timestamp", ts)
	form(t, w, "reactions.add", "channel", ops, "timestamp", ts, "name", "eyes")
	dba, outsider := w.User("dba").ID(), w.User("outsider").ID()

	for _, c := range []struct{ method, args, want string }{
		{"chat.postMessage", "text=hi", "channel_not_found"},
		{"chat.postMessage", "channel=C404&text=hi", "channel_not_found"},
		{"chat.postMessage", "channel=" + ops, "no_text"},
		{"chat.postMessage", "channel=" + ops + "&text= ", "no_text"},
		{"chat.postMessage", "channel=" + old + "&text=hi", "is_archived"},
		{"chat.postMessage", "channel=" + secret + "&text=hi", "channel_not_found"},
		{"chat.postMessage", "channel=" + ops + "&text=hi&blocks=\"[]\"", "invalid_blocks_format"},
		{"chat.postMessage", "channel=" + ops + "&text=hi&blocks={}", "invalid_blocks_format"},
		{"chat.postMessage", "channel=" + ops + "&text=hi&blocks=[{\"type\":\"nope\"}]", "invalid_blocks"},
		{"chat.postMessage", "channel=" + ops + "&text=hi&markdown_text=hi", "markdown_text_conflict"},
		{"chat.postMessage", "channel=" + ops + "&text=hi&metadata=[]", "invalid_metadata_format"},
		{"chat.postMessage", "channel=" + ops + "&text=hi&metadata={\"event_type\":\"x\"}", "invalid_metadata_schema"},
		{"chat.postMessage", "channel=" + ops + "&text=hi&username=Bob", "missing_scope"},
		{"chat.postEphemeral", "channel=" + general + "&text=hi&user=" + dba, "not_in_channel"},
		{"chat.postEphemeral", "channel=" + w.ChannelID("#war-room") + "&text=hi&user=" + outsider, "user_not_in_channel"},
		{"chat.postEphemeral", "channel=" + ops + "&text=hi", "invalid_arguments"},
		{"chat.postEphemeral", "channel=" + ops + "&user=" + dba + "&text=" + strings.Repeat("x", 4001), "msg_too_long"},
		{"chat.update", "channel=" + ops + "&ts=1.0&text=hi", "message_not_found"},
		{"chat.update", "channel=" + ops + "&text=hi&ts=" + human.TS, "cant_update_message"},
		{"chat.update", "channel=" + ops + "&ts=" + ts, "no_text"},
		{"chat.update", "channel=" + ops + "&ts=" + ts + "&text=" + strings.Repeat("x", 4001), "msg_too_long"},
		{"chat.delete", "channel=" + ops + "&ts=" + human.TS, "cant_delete_message"},
		{"chat.delete", "channel=" + ops + "&ts=1.0", "message_not_found"},
		{"chat.getPermalink", "channel=" + ops + "&message_ts=1.0", "message_not_found"},
		{"chat.scheduleMessage", "channel=" + ops + "&text=hi&post_at=1", "time_in_past"},
		{"chat.scheduleMessage", "channel=" + ops + "&text=hi&post_at=99999999999", "time_too_far"},
		{"chat.scheduleMessage", "channel=" + ops + "&text=hi&post_at=soon", "invalid_time"},
		{"chat.deleteScheduledMessage", "channel=" + ops + "&scheduled_message_id=Q1", "invalid_scheduled_message_id"},
		{"conversations.create", "name=ops", "name_taken"},
		{"conversations.create", "name=old", "name_taken"},
		{"conversations.create", "name=", "invalid_name_required"},
		{"conversations.create", "name=--", "invalid_name_punctuation"},
		{"conversations.create", "name=Upper", "invalid_name_specials"},
		{"conversations.create", "name=" + strings.Repeat("x", 81), "invalid_name_maxlength"},
		{"conversations.archive", "channel=" + old, "already_archived"},
		{"conversations.archive", "channel=" + general, "not_in_channel"},
		{"conversations.unarchive", "channel=" + ops, "not_archived"},
		{"conversations.invite", "channel=" + ops + "&users=" + dba, "already_in_channel"},
		{"conversations.invite", "channel=" + ops + "&users=U404", "user_not_found"},
		{"conversations.invite", "channel=" + ops, "no_user"},
		{"conversations.invite", "channel=" + ops + "&users=" + w.BotUser(), "cant_invite_self"},
		{"conversations.kick", "channel=" + ops + "&user=" + w.BotUser(), "cant_kick_self"},
		{"conversations.join", "channel=" + old, "is_archived"},
		{"conversations.join", "channel=" + secret, "channel_not_found"},
		{"conversations.join", "channel=" + w.ChannelID("#war-room"), "method_not_supported_for_channel_type"},
		{"conversations.history", "channel=" + general, "not_in_channel"},
		{"conversations.history", "channel=" + secret, "channel_not_found"},
		{"conversations.history", "channel=" + ops + "&oldest=then", "invalid_ts_oldest"},
		{"conversations.history", "channel=" + ops + "&cursor=x", "invalid_cursor"},
		{"conversations.history", "channel=" + ops + "&limit=1001", "invalid_limit"},
		{"conversations.replies", "channel=" + ops + "&ts=1.0", "thread_not_found"},
		{"conversations.list", "types=nonsense", "invalid_types"},
		{"conversations.open", "", "users_list_not_supplied"},
		{"conversations.open", "users=U404", "user_not_found"},
		{"conversations.setTopic", "channel=" + ops + "&topic=" + strings.Repeat("x", 251), "too_long"},
		{"conversations.setTopic", "channel=" + ops, "invalid_arguments"},
		{"users.info", "user=U404", "user_not_found"},
		{"users.lookupByEmail", "email=nobody@company.com", "users_not_found"},
		{"usergroups.create", "name=Other&handle=oncall", "handle_already_exists"},
		{"usergroups.create", "name=Other&handle=lisi", "handle_already_exists"},
		{"usergroups.create", "name=On call&handle=other", "name_already_exists"},
		{"usergroups.users.list", "usergroup=S404", "no_such_subteam"},
		{"reactions.add", "channel=" + ops + "&timestamp=" + ts + "&name=eyes", "already_reacted"},
		{"reactions.add", "channel=" + ops + "&timestamp=" + ts + "&name=:eyes:", "invalid_name"},
		{"reactions.remove", "channel=" + ops + "&timestamp=" + ts + "&name=wave", "no_reaction"},
		{"pins.add", "channel=" + ops + "&timestamp=" + ts, "already_pinned"},
		{"pins.remove", "channel=" + ops + "&timestamp=" + human.TS, "no_pin"},
		{"bookmarks.add", "channel_id=" + ops + "&title=x&type=link&link=ftp://x", "invalid_link"},
		{"bookmarks.add", "channel_id=" + ops + "&title=x&type=folder", "invalid_bookmark_type"},
		{"bookmarks.remove", "channel_id=" + ops + "&bookmark_id=Bk404", "not_found"},
		{"files.getUploadURLExternal", "filename=a.txt&length=0", "missing_argument"},
		{"files.completeUploadExternal", "files=[{\"id\":\"F404\"}]", "file_not_found"},
		{"files.info", "file=F404", "file_not_found"},
		{"views.open", "view={}", "invalid_arguments"},
		{"views.update", "view_id=V404&view={}", "not_found"},
		{"bots.info", "bot=B404", "bot_not_found"},
		{"dnd.info", "user=U404", "user_not_found"},
	} {
		t.Run(c.method+" "+c.want, func(t *testing.T) {
			var args []string
			for pair := range strings.SplitSeq(c.args, "&") {
				key, value, _ := strings.Cut(pair, "=")
				args = append(args, key, value)
			}
			o, _ := form(t, w, c.method, args...)
			require.Equal(t, false, o["ok"])
			require.Equal(t, c.want, o["error"], "%v", o)
		})
	}
}

func TestBlockErrorsHaveSlacksShape(t *testing.T) { // SF-6.4, SF-9.17
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{})
	w.AllowViolation("invalid_blocks")
	_, _, err := client(w).PostMessage(w.ChannelID("#ops"), slack.MsgOptionText("x", false),
		slack.MsgOptionBlocks(slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", strings.Repeat("x", 3001), false, false), nil, nil)))
	var refusal slack.SlackErrorResponse
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, "invalid_blocks", refusal.Err)
	require.Contains(t, strings.Join(refusal.ResponseMetadata.Messages, "\n"), "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]")
	require.NotEmpty(t, refusal.Errors)
}

func TestRateLimits(t *testing.T) { // SF-5.2, SF-5.5, SF-5.8
	skipShort(t)
	clock := newClock()
	w := slacksim.New(t, slacksim.Options{Clock: clock})
	api := client(w)
	send := func(channel string) error {
		_, _, err := api.PostMessage(w.ChannelID(channel), slack.MsgOptionText("hi", false))
		return err
	}
	for range 5 {
		require.NoError(t, send("#ops"))
	}
	var limited *slack.RateLimitedError
	require.ErrorAs(t, send("#ops"), &limited)
	require.Equal(t, time.Second, limited.RetryAfter)
	require.NoError(t, send("#incidents"), "other channels are not affected")
	require.Len(t, w.Violations(), 1)
	w.AllowViolation("posted_too_fast: chat.postMessage: more than one post per second in #ops")

	clock.Advance(time.Second)
	require.NoError(t, send("#ops"))

	for range 20 {
		o, _ := form(t, w, "users.list")
		require.Equal(t, true, o["ok"])
	}
	o, resp := form(t, w, "users.list")
	require.Equal(t, "ratelimited", o["error"])
	require.Equal(t, "3", resp.Header.Get("Retry-After")) // 20 a minute
	clock.Advance(2 * time.Second)
	require.Empty(t, w.Violations())
	form(t, w, "users.list")
	require.Equal(t, "ignored_retry_after", w.Violations()[0].Kind)
	w.AllowViolation("ignored_retry_after: users.list was called 1s before its Retry-After ended")
}

func TestStrictLimitHasNoBursts(t *testing.T) {
	skipShort(t)
	clock := newClock()
	w := slacksim.New(t, slacksim.Options{Clock: clock, RateLimit: slacksim.RateStrict})
	w.AllowViolation("posted_too_fast")
	for i := range 3 {
		o, resp := form(t, w, "chat.postMessage", "channel", w.ChannelID("#ops"), "text", "hi")
		if i%2 == 0 {
			require.Equal(t, true, o["ok"])
			continue
		}
		require.Equal(t, http.StatusTooManyRequests, resp.StatusCode)
		require.Equal(t, "1", resp.Header.Get("Retry-After"))
		clock.Advance(time.Second)
	}
}

func TestCallsAreLogged(t *testing.T) {
	skipShort(t)
	w := slacksim.New(t, slacksim.Options{CallLog: 3})
	for _, text := range []string{"a", "b", "c", "d"} {
		form(t, w, "chat.postMessage", "channel", w.ChannelID("#ops"), "text", text)
	}
	calls := w.Calls()
	require.Len(t, calls, 3)
	require.Equal(t, "b", calls[0].Args["text"])
	require.Equal(t, "d", calls[2].Args["text"])
	require.Equal(t, 200, calls[2].Status)
	require.NotEmpty(t, calls[2].TS)
	data, err := json.Marshal(calls)
	require.NoError(t, err)
	require.NotContains(t, string(data), w.BotToken())
	require.Equal(t, 4, w.CallCount("chat.postMessage"))
	require.Empty(t, w.Calls("chat.update"))
}
