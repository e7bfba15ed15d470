package slacksim

import (
	"slices"
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

func conversationsInvite(w *Workspace, c *call) (obj, error) {
	ch, err := c.groupChannel()
	if err != nil {
		return nil, err
	}
	users := c.list("users")
	if len(users) == 0 {
		return nil, fail("no_user")
	}
	if len(users) > 100 { // SF-6.13
		return nil, fail("too_many_users")
	}
	var failures []any
	var good []string
	first := ""
	for _, id := range users {
		if code := w.cannotInvite(ch, id); code != "" {
			failures = append(failures, obj{"user": id, "ok": false, "error": code})
			first = orDefault(first, code)
			continue
		}
		good = append(good, id)
	}
	if first != "" && (!c.flag("force") || len(good) == 0) {
		e := &apiError{code: first}
		if len(users) > 1 {
			e.errors = failures
		}
		return nil, e
	}
	for _, id := range good {
		w.joinChannel(ch, id, w.app.botUser)
	}
	return obj{"channel": w.channelAPI(ch, w.app.botUser)}, nil
}

func (w *Workspace) cannotInvite(ch *channel, id string) string {
	u := w.people.byID[id]
	switch {
	case u == nil:
		return "user_not_found"
	case id == w.app.botUser:
		return "cant_invite_self"
	case ch.has(id):
		return "already_in_channel"
	case u.deactivated:
		return "cant_invite"
	default:
		return ""
	}
}

func (w *Workspace) joinChannel(ch *channel, user, inviter string) {
	ch.join(user)
	w.pageChannel(ch)
	w.raiseMembership("member_joined_channel", ch, user, inviter)
}

func (w *Workspace) leaveChannel(ch *channel, user string) {
	ch.leave(user)
	w.pageChannel(ch)
	w.raiseMembership("member_left_channel", ch, user, "")
}

func conversationsKick(w *Workspace, c *call) (obj, error) {
	ch, err := c.groupChannel()
	if err != nil {
		return nil, err
	}
	user := c.str("user")
	switch {
	case w.people.byID[user] == nil:
		return nil, fail("user_not_found")
	case user == w.app.botUser:
		return nil, fail("cant_kick_self")
	case ch.general:
		return nil, fail("cant_kick_from_general")
	case !ch.has(user):
		return nil, fail("not_in_channel")
	}
	w.leaveChannel(ch, user)
	return obj{"errors": obj{}}, nil
}

func conversationsJoin(w *Workspace, c *call) (obj, error) {
	ch, err := c.channel("channel")
	switch {
	case err != nil:
		return nil, err
	case ch.archived:
		return nil, fail("is_archived")
	case ch.private:
		return nil, fail("method_not_supported_for_channel_type")
	case ch.has(w.app.botUser):
		c.warn("already_in_channel")
	default:
		w.joinChannel(ch, w.app.botUser, "")
	}
	return obj{"channel": w.channelAPI(ch, w.app.botUser)}, nil
}

func conversationsLeave(w *Workspace, c *call) (obj, error) {
	ch, err := c.channel("channel")
	switch {
	case err != nil:
		return nil, err
	case ch.general:
		return nil, fail("cant_leave_general")
	case !ch.has(w.app.botUser):
		return obj{"not_in_channel": true}, nil
	}
	w.leaveChannel(ch, w.app.botUser)
	return nil, nil
}

func conversationsInfo(w *Workspace, c *call) (obj, error) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	return obj{"channel": w.channelAPI(ch, w.app.botUser)}, nil
}

func conversationsMembers(w *Workspace, c *call) (obj, error) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	part, next, err := page(c, ch.members, 100, 1000)
	if err != nil {
		return nil, err
	}
	return obj{"members": part, "response_metadata": nextCursor(next)}, nil
}

func conversationsList(w *Workspace, c *call) (obj, error) {
	return w.listChannels(c, func(*channel) bool { return true })
}

// listChannels serves conversations.list and users.conversations.
func (w *Workspace) listChannels(c *call, keep func(*channel) bool) (obj, error) {
	types := c.list("types")
	if len(types) == 0 {
		types = []string{"public_channel"}
	}
	scopes := map[string][]string{"public_channel": c.method.conv.public, "private_channel": c.method.conv.private, "im": c.method.conv.im, "mpim": c.method.conv.mpim}
	for _, t := range types {
		needed, known := scopes[t]
		switch {
		case !known:
			return nil, fail("invalid_types")
		case !w.manifest.hasAnyScope(needed):
			return nil, missingScope(needed)
		}
	}
	list := []obj{}
	for _, ch := range w.channels.list {
		if !slices.Contains(types, ch.apiType()) || !ch.visibleTo(w.app.botUser) || !keep(ch) || c.flag("exclude_archived") && ch.archived {
			continue
		}
		list = append(list, w.channelAPI(ch, w.app.botUser))
	}
	part, next, err := page(c, list, 100, 999)
	if err != nil {
		return nil, err
	}
	return obj{"channels": part, "response_metadata": nextCursor(next)}, nil
}

func (c *channel) apiType() string {
	return map[string]string{"im": "im", "group": "private_channel", "channel": "public_channel"}[c.eventType()]
}

func conversationsOpen(w *Workspace, c *call) (obj, error) {
	if id := c.str("channel"); id != "" {
		ch, err := c.channel("channel")
		if err != nil {
			return nil, err
		}
		return obj{"channel": w.channelAPI(ch, w.app.botUser), "already_open": true, "no_op": true}, nil
	}
	users := c.list("users")
	switch {
	case len(users) == 0:
		return nil, fail("users_list_not_supplied")
	case len(users) > 8:
		return nil, fail("too_many_users")
	case len(users) > 1:
		return nil, fail("method_not_supported_for_channel_type") // group DMs are not simulated
	}
	u := w.people.byID[users[0]]
	switch {
	case u == nil:
		return nil, fail("user_not_found")
	case u.deactivated:
		return nil, fail("user_disabled")
	case !w.manifest.hasScope("im:write"):
		return nil, missingScope([]string{"im:write"})
	}
	ch := w.openDM(w.app.botUser, u.id)
	if c.flag("return_im") {
		return obj{"channel": w.channelAPI(ch, w.app.botUser)}, nil
	}
	return obj{"channel": obj{"id": ch.id}}, nil
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
