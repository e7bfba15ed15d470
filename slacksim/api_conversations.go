package slacksim

import (
	"unicode/utf8"
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
	case w.channels.byName[name] != nil:
		return refuse("name_taken")
	}
	return nil
}

func conversationsCreate(w *API, c *call) (obj, error) {
	private := c.flag("is_private")
	probe := &channel{private: private}
	if err := c.convScope(probe); err != nil {
		return nil, err
	}
	name := c.str("name")
	if err := w.checkChannelName(name); err != nil {
		return nil, err
	}
	ch := &channel{id: w.newID("C"), name: name, private: private, creator: w.app.botUser, created: w.opts.Clock.Now().Unix()}
	ch.join(w.app.botUser)
	w.channels.add(ch)
	w.pages.Channel(ch)
	w.raise("channel_created", obj{"type": "channel_created", "channel": w.channelAPI(ch, w.app.botUser)})
	return obj{"channel": w.channelAPI(ch, w.app.botUser)}, nil
}

func conversationsArchive(w *API, c *call) (obj, error) {
	ch, err := c.memberChannel("channel")
	switch {
	case err != nil:
		return nil, err
	case ch.isIM():
		return nil, refuse("method_not_supported_for_channel_type")
	case ch.archived:
		return nil, refuse("already_archived")
	case ch.general:
		return nil, refuse("cant_archive_general")
	}
	ch.archived = true
	w.pages.Channel(ch)
	return nil, nil
}

func conversationsUnarchive(w *API, c *call) (obj, error) {
	ch, err := c.channel("channel")
	switch {
	case err != nil:
		return nil, err
	case !ch.archived:
		return nil, refuse("not_archived")
	}
	ch.archived = false
	w.pages.Channel(ch)
	return nil, nil
}

// groupChannel is a channel of several members that can be changed now.
func (c *call) groupChannel() (*channel, error) {
	ch, err := c.memberChannel("channel")
	switch {
	case err != nil:
		return nil, err
	case ch.isIM():
		return nil, refuse("method_not_supported_for_channel_type")
	case ch.archived:
		return nil, refuse("is_archived")
	}
	return ch, nil
}

func conversationsInfo(w *API, c *call) (obj, error) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	return obj{"channel": w.channelAPI(ch, w.app.botUser)}, nil
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
	if ch.creator != w.app.botUser {
		return nil, refuse("not_authorized")
	}
	delete(w.channels.byName, ch.name)
	ch.name = name
	w.channels.byName[name] = ch
	w.pages.Channel(ch)
	w.raise("channel_rename", obj{"type": "channel_rename", "channel": obj{"id": ch.id, "name": name, "created": ch.created}})
	return obj{"channel": w.channelAPI(ch, w.app.botUser)}, nil
}

func conversationsSetTopic(w *API, c *call) (obj, error) {
	return w.describeChannel(c, "topic", func(ch *channel, s string) { ch.topic = s })
}

func conversationsSetPurpose(w *API, c *call) (obj, error) {
	return w.describeChannel(c, "purpose", func(ch *channel, s string) { ch.purpose = s })
}

func (w *API) describeChannel(c *call, arg string, set func(*channel, string)) (obj, error) {
	ch, err := c.memberChannel("channel")
	if err != nil {
		return nil, err
	}
	text := c.str(arg)
	switch {
	case !c.has(arg):
		return nil, missingField(arg)
	case ch.archived:
		return nil, refuse("is_archived")
	case utf8.RuneCountInString(text) > 250:
		return nil, refuse("too_long")
	}
	set(ch, text)
	w.pages.Channel(ch)
	return obj{"channel": w.channelAPI(ch, w.app.botUser)}, nil
}

func conversationsMark(w *API, c *call) (obj, error) {
	ch, err := c.memberChannel("channel")
	if err != nil {
		return nil, err
	}
	if !validTS(c.str("ts")) {
		return nil, refuse("invalid_timestamp")
	}
	ch.lastRead[w.app.botUser] = c.str("ts")
	return nil, nil
}
