package slacksim

import "cmp"

func conversationsInvite(w *API, c *call) (obj, error) {
	ch, err := c.groupChannel()
	if err != nil {
		return nil, err
	}
	users := c.list("users")
	if len(users) == 0 {
		return nil, refuse("no_user")
	}
	if len(users) > 100 { // SF-6.13
		return nil, refuse("too_many_users")
	}
	var failures []any
	var good []string
	first := ""
	for _, id := range users {
		if code := w.cannotInvite(ch, id); code != "" {
			failures = append(failures, obj{"user": id, "ok": false, "error": code})
			first = cmp.Or(first, code)
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

func (w *API) cannotInvite(ch *channel, id string) string {
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

func conversationsKick(w *API, c *call) (obj, error) {
	ch, err := c.groupChannel()
	if err != nil {
		return nil, err
	}
	user := c.str("user")
	switch {
	case w.people.byID[user] == nil:
		return nil, refuse("user_not_found")
	case user == w.app.botUser:
		return nil, refuse("cant_kick_self")
	case ch.general:
		return nil, refuse("cant_kick_from_general")
	case !ch.has(user):
		return nil, refuse("not_in_channel")
	}
	w.leaveChannel(ch, user)
	return obj{"errors": obj{}}, nil
}

func conversationsJoin(w *API, c *call) (obj, error) {
	ch, err := c.channel("channel")
	switch {
	case err != nil:
		return nil, err
	case ch.archived:
		return nil, refuse("is_archived")
	case ch.private:
		return nil, refuse("method_not_supported_for_channel_type")
	case ch.has(w.app.botUser):
		c.warn("already_in_channel")
	default:
		w.joinChannel(ch, w.app.botUser, "")
	}
	return obj{"channel": w.channelAPI(ch, w.app.botUser)}, nil
}

func conversationsLeave(w *API, c *call) (obj, error) {
	ch, err := c.channel("channel")
	switch {
	case err != nil:
		return nil, err
	case ch.general:
		return nil, refuse("cant_leave_general")
	case !ch.has(w.app.botUser):
		return obj{"not_in_channel": true}, nil
	}
	w.leaveChannel(ch, w.app.botUser)
	return nil, nil
}

func conversationsMembers(_ *API, c *call) (obj, error) {
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
