package webapi

import (
	"cmp"

	"opsbot/slacksim/workspace"
)

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
		e := &workspace.APIError{Code: first}
		if len(users) > 1 {
			e.Errors = failures
		}
		return nil, e
	}
	for _, id := range good {
		w.JoinChannel(ch, id, w.App.BotUser)
	}
	return obj{"channel": w.ChannelAPI(ch, w.App.BotUser)}, nil
}

func (w *API) cannotInvite(ch *workspace.Channel, id string) string {
	u := w.People.ByID[id]
	switch {
	case u == nil:
		return "user_not_found"
	case id == w.App.BotUser:
		return "cant_invite_self"
	case ch.Has(id):
		return "already_in_channel"
	case u.Deactivated:
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
	case w.People.ByID[user] == nil:
		return nil, refuse("user_not_found")
	case user == w.App.BotUser:
		return nil, refuse("cant_kick_self")
	case ch.General:
		return nil, refuse("cant_kick_from_general")
	case !ch.Has(user):
		return nil, refuse("not_in_channel")
	}
	w.LeaveChannel(ch, user)
	return obj{"errors": obj{}}, nil
}

func conversationsJoin(w *API, c *call) (obj, error) {
	ch, err := c.channel("channel")
	switch {
	case err != nil:
		return nil, err
	case ch.Archived:
		return nil, refuse("is_archived")
	case ch.Private:
		return nil, refuse("method_not_supported_for_channel_type")
	case ch.Has(w.App.BotUser):
		c.warn("already_in_channel")
	default:
		w.JoinChannel(ch, w.App.BotUser, "")
	}
	return obj{"channel": w.ChannelAPI(ch, w.App.BotUser)}, nil
}

func conversationsLeave(w *API, c *call) (obj, error) {
	ch, err := c.channel("channel")
	switch {
	case err != nil:
		return nil, err
	case ch.General:
		return nil, refuse("cant_leave_general")
	case !ch.Has(w.App.BotUser):
		return obj{"not_in_channel": true}, nil
	}
	w.LeaveChannel(ch, w.App.BotUser)
	return nil, nil
}

func conversationsMembers(_ *API, c *call) (obj, error) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	part, next, err := page(c, ch.Members, 100, 1000)
	if err != nil {
		return nil, err
	}
	return obj{"members": part, "response_metadata": nextCursor(next)}, nil
}
