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
func (w *Workspace) checkChannelName(name string) error {
	switch {
	case name == "":
		return fail("invalid_name_required")
	case utf8.RuneCountInString(name) > 80:
		return fail("invalid_name_maxlength")
	}
	punctuationOnly := true
	for _, r := range name {
		switch {
		case r == '-' || r == '_':
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r > 0x7f:
			punctuationOnly = false
		default:
			return fail("invalid_name_specials")
		}
	}
	switch {
	case punctuationOnly:
		return fail("invalid_name_punctuation")
	case w.channels.byName[name] != nil:
		return fail("name_taken")
	}
	return nil
}

func conversationsCreate(w *Workspace, c *call) (obj, error) {
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
	w.pageChannel(ch)
	w.raise("channel_created", obj{"type": "channel_created", "channel": w.channelAPI(ch, w.app.botUser)})
	return obj{"channel": w.channelAPI(ch, w.app.botUser)}, nil
}

func conversationsArchive(w *Workspace, c *call) (obj, error) {
	ch, err := c.memberChannel("channel")
	switch {
	case err != nil:
		return nil, err
	case ch.isIM():
		return nil, fail("method_not_supported_for_channel_type")
	case ch.archived:
		return nil, fail("already_archived")
	case ch.general:
		return nil, fail("cant_archive_general")
	}
	ch.archived = true
	w.pageChannel(ch)
	return nil, nil
}

func conversationsUnarchive(w *Workspace, c *call) (obj, error) {
	ch, err := c.channel("channel")
	switch {
	case err != nil:
		return nil, err
	case !ch.archived:
		return nil, fail("not_archived")
	}
	ch.archived = false
	w.pageChannel(ch)
	return nil, nil
}

// groupChannel is a channel of several members that can be changed now.
func (c *call) groupChannel() (*channel, error) {
	ch, err := c.memberChannel("channel")
	switch {
	case err != nil:
		return nil, err
	case ch.isIM():
		return nil, fail("method_not_supported_for_channel_type")
	case ch.archived:
		return nil, fail("is_archived")
	}
	return ch, nil
}

func conversationsInfo(w *Workspace, c *call) (obj, error) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	return obj{"channel": w.channelAPI(ch, w.app.botUser)}, nil
}

func conversationsRename(w *Workspace, c *call) (obj, error) {
	ch, err := c.groupChannel()
	if err != nil {
		return nil, err
	}
	name := c.str("name")
	if err := w.checkChannelName(name); err != nil {
		return nil, err
	}
	if ch.creator != w.app.botUser {
		return nil, fail("not_authorized")
	}
	delete(w.channels.byName, ch.name)
	ch.name = name
	w.channels.byName[name] = ch
	w.pageChannel(ch)
	w.raise("channel_rename", obj{"type": "channel_rename", "channel": obj{"id": ch.id, "name": name, "created": ch.created}})
	return obj{"channel": w.channelAPI(ch, w.app.botUser)}, nil
}

func conversationsSetTopic(w *Workspace, c *call) (obj, error) {
	return w.describeChannel(c, "topic", func(ch *channel, s string) { ch.topic = s })
}

func conversationsSetPurpose(w *Workspace, c *call) (obj, error) {
	return w.describeChannel(c, "purpose", func(ch *channel, s string) { ch.purpose = s })
}

func (w *Workspace) describeChannel(c *call, arg string, set func(*channel, string)) (obj, error) {
	ch, err := c.memberChannel("channel")
	if err != nil {
		return nil, err
	}
	text := c.str(arg)
	switch {
	case !c.has(arg):
		return nil, missingField(arg)
	case ch.archived:
		return nil, fail("is_archived")
	case utf8.RuneCountInString(text) > 250:
		return nil, fail("too_long")
	}
	set(ch, text)
	w.pageChannel(ch)
	return obj{"channel": w.channelAPI(ch, w.app.botUser)}, nil
}

func conversationsMark(w *Workspace, c *call) (obj, error) {
	ch, err := c.memberChannel("channel")
	if err != nil {
		return nil, err
	}
	if !validTS(c.str("ts")) {
		return nil, fail("invalid_timestamp")
	}
	ch.lastRead[w.app.botUser] = c.str("ts")
	return nil, nil
}
