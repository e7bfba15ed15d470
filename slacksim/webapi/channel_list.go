package webapi

import (
	"slices"

	"opsbot/slacksim/workspace"
)

func conversationsList(w *API, c *call) (obj, error) {
	return w.listChannels(c, func(*workspace.Channel) bool { return true })
}

// listChannels serves conversations.list and users.conversations.
func (w *API) listChannels(c *call, keep func(*workspace.Channel) bool) (obj, error) {
	types := c.list("types")
	if len(types) == 0 {
		types = []string{"public_channel"}
	}
	scopes := map[string][]string{"public_channel": c.method.conv.public, "private_channel": c.method.conv.private, "im": c.method.conv.im, "mpim": c.method.conv.mpim}
	for _, t := range types {
		needed, known := scopes[t]
		switch {
		case !known:
			return nil, refuse("invalid_types")
		case !w.Manifest.HasAnyScope(needed):
			return nil, missingScope(needed)
		}
	}
	list := []obj{}
	for _, ch := range w.Channels.List {
		if !slices.Contains(types, ch.APIType()) || !ch.VisibleTo(w.App.BotUser) || !keep(ch) || c.flag("exclude_archived") && ch.Archived {
			continue
		}
		list = append(list, w.ChannelAPI(ch, w.App.BotUser))
	}
	part, next, err := page(c, list, 100, 999)
	if err != nil {
		return nil, err
	}
	return obj{"channels": part, "response_metadata": nextCursor(next)}, nil
}

func conversationsOpen(w *API, c *call) (obj, error) {
	if id := c.str("channel"); id != "" {
		ch, err := c.channel("channel")
		if err != nil {
			return nil, err
		}
		return obj{"channel": w.ChannelAPI(ch, w.App.BotUser), "already_open": true, "no_op": true}, nil
	}
	users := c.list("users")
	switch {
	case len(users) == 0:
		return nil, refuse("users_list_not_supplied")
	case len(users) > 8:
		return nil, refuse("too_many_users")
	case len(users) > 1:
		return nil, refuse("method_not_supported_for_channel_type") // group DMs are not simulated
	}
	u := w.People.ByID[users[0]]
	switch {
	case u == nil:
		return nil, refuse("user_not_found")
	case u.Deactivated:
		return nil, refuse("user_disabled")
	case !w.Manifest.HasScope("im:write"):
		return nil, missingScope([]string{"im:write"})
	}
	ch := w.OpenDM(w.App.BotUser, u.ID)
	if c.flag("return_im") {
		return obj{"channel": w.ChannelAPI(ch, w.App.BotUser)}, nil
	}
	return obj{"channel": obj{"id": ch.ID}}, nil
}
