package webapi

import (
	"unicode/utf8"

	"opsbot/slacksim/workspace"
)

func conversationMethods() []method {
	manage, read := manageScopes(), readScopes()
	return []method{
		{name: "conversations.create", tier: tier2, conv: manage, run: conversationsCreate},
		{name: "conversations.archive", tier: tier2, conv: manage, run: conversationsArchive},
		{name: "conversations.unarchive", tier: tier2, conv: manage, run: conversationsUnarchive},
		{name: "conversations.invite", tier: tier3, conv: manage.plus("invites"), run: conversationsInvite},
		{name: "conversations.kick", tier: tier3, conv: manage, run: conversationsKick},
		{name: "conversations.join", tier: tier3, scopes: []string{"channels:join"}, run: conversationsJoin},
		{name: "conversations.leave", tier: tier3, conv: manage, run: conversationsLeave},
		{name: "conversations.info", tier: tier3, conv: read, run: conversationsInfo},
		{name: "conversations.members", tier: tier4, conv: read, run: conversationsMembers},
		{name: "conversations.list", tier: tier2, conv: read, run: conversationsList},
		{name: "conversations.open", tier: tier3, scopes: []string{"im:write", "mpim:write", "channels:manage", "groups:write"}, run: conversationsOpen},
		{name: "conversations.rename", tier: tier2, conv: manage, run: conversationsRename},
		{name: "conversations.setTopic", tier: tier2, conv: manage.plus("topic"), run: conversationsSetTopic},
		{name: "conversations.setPurpose", tier: tier2, conv: manage.plus("topic"), run: conversationsSetPurpose},
		{name: "conversations.mark", tier: tier3, conv: manage, run: conversationsMark},
	}
}

// checkChannelName is SF-6.12.
func (w *API) checkChannelName(name string) error {
	switch {
	case name == "":
		return refuse("invalid_name_required")
	case utf8.RuneCountInString(name) > 80:
		return refuse("invalid_name_maxlength")
	}
	punctuationOnly := true
	for _, r := range name {
		switch {
		case r == '-' || r == '_':
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r > 0x7f:
			punctuationOnly = false
		default:
			return refuse("invalid_name_specials")
		}
	}
	switch {
	case punctuationOnly:
		return refuse("invalid_name_punctuation")
	case w.Channels.ByName[name] != nil:
		return refuse("name_taken")
	}
	return nil
}

func conversationsCreate(w *API, c *call) (obj, error) {
	private := c.flag("is_private")
	probe := &workspace.Channel{Private: private}
	if err := c.convScope(probe); err != nil {
		return nil, err
	}
	name := c.str("name")
	if err := w.checkChannelName(name); err != nil {
		return nil, err
	}
	ch := &workspace.Channel{ID: w.NewID("C"), Name: name, Private: private, Creator: w.App.BotUser, Created: w.Options.Clock.Now().Unix()}
	ch.Join(w.App.BotUser)
	w.Channels.Add(ch)
	w.Pages.Channel(ch)
	w.Raise("channel_created", obj{"type": "channel_created", "channel": w.ChannelAPI(ch, w.App.BotUser)})
	return obj{"channel": w.ChannelAPI(ch, w.App.BotUser)}, nil
}

func conversationsArchive(w *API, c *call) (obj, error) {
	ch, err := c.memberChannel("channel")
	switch {
	case err != nil:
		return nil, err
	case ch.IsIM():
		return nil, refuse("method_not_supported_for_channel_type")
	case ch.Archived:
		return nil, refuse("already_archived")
	case ch.General:
		return nil, refuse("cant_archive_general")
	}
	ch.Archived = true
	w.Pages.Channel(ch)
	return nil, nil
}

func conversationsUnarchive(w *API, c *call) (obj, error) {
	ch, err := c.channel("channel")
	switch {
	case err != nil:
		return nil, err
	case !ch.Archived:
		return nil, refuse("not_archived")
	}
	ch.Archived = false
	w.Pages.Channel(ch)
	return nil, nil
}

// groupChannel is a channel of several members that can be changed now.
func (c *call) groupChannel() (*workspace.Channel, error) {
	ch, err := c.memberChannel("channel")
	switch {
	case err != nil:
		return nil, err
	case ch.IsIM():
		return nil, refuse("method_not_supported_for_channel_type")
	case ch.Archived:
		return nil, refuse("is_archived")
	}
	return ch, nil
}

func conversationsInfo(w *API, c *call) (obj, error) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	return obj{"channel": w.ChannelAPI(ch, w.App.BotUser)}, nil
}

func conversationsRename(w *API, c *call) (obj, error) {
	ch, err := c.groupChannel()
	if err != nil {
		return nil, err
	}
	name := c.str("name")
	if err := w.checkChannelName(name); err != nil {
		return nil, err
	}
	if ch.Creator != w.App.BotUser {
		return nil, refuse("not_authorized")
	}
	delete(w.Channels.ByName, ch.Name)
	ch.Name = name
	w.Channels.ByName[name] = ch
	w.Pages.Channel(ch)
	w.Raise("channel_rename", obj{"type": "channel_rename", "channel": obj{"id": ch.ID, "name": name, "created": ch.Created}})
	return obj{"channel": w.ChannelAPI(ch, w.App.BotUser)}, nil
}

func conversationsSetTopic(w *API, c *call) (obj, error) {
	return w.describeChannel(c, "topic", func(ch *workspace.Channel, s string) { ch.Topic = s })
}

func conversationsSetPurpose(w *API, c *call) (obj, error) {
	return w.describeChannel(c, "purpose", func(ch *workspace.Channel, s string) { ch.Purpose = s })
}

func (w *API) describeChannel(c *call, arg string, set func(*workspace.Channel, string)) (obj, error) {
	ch, err := c.memberChannel("channel")
	if err != nil {
		return nil, err
	}
	text := c.str(arg)
	switch {
	case !c.has(arg):
		return nil, missingField(arg)
	case ch.Archived:
		return nil, refuse("is_archived")
	case utf8.RuneCountInString(text) > 250:
		return nil, refuse("too_long")
	}
	set(ch, text)
	w.Pages.Channel(ch)
	return obj{"channel": w.ChannelAPI(ch, w.App.BotUser)}, nil
}

func conversationsMark(w *API, c *call) (obj, error) {
	ch, err := c.memberChannel("channel")
	if err != nil {
		return nil, err
	}
	if !workspace.ValidTS(c.str("ts")) {
		return nil, refuse("invalid_timestamp")
	}
	ch.LastRead[w.App.BotUser] = c.str("ts")
	return nil, nil
}
