package slacksim

import (
	"slices"
)

func conversationsList(w *API, c *call) (obj, error) {
	return w.listChannels(c, func(*channel) bool { return true })
}

// listChannels serves conversations.list and users.conversations.
func (w *API) listChannels(c *call, keep func(*channel) bool) (obj, error) {
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

func conversationsOpen(w *API, c *call) (obj, error) {
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
		return nil, refuse("users_list_not_supplied")
	case len(users) > 8:
		return nil, refuse("too_many_users")
	case len(users) > 1:
		return nil, refuse("method_not_supported_for_channel_type") // group DMs are not simulated
	}
	u := w.people.byID[users[0]]
	switch {
	case u == nil:
		return nil, refuse("user_not_found")
	case u.deactivated:
		return nil, refuse("user_disabled")
	case !w.manifest.hasScope("im:write"):
		return nil, missingScope([]string{"im:write"})
	}
	ch := w.openDM(w.app.botUser, u.id)
	if c.flag("return_im") {
		return obj{"channel": w.channelAPI(ch, w.app.botUser)}, nil
	}
	return obj{"channel": obj{"id": ch.id}}, nil
}
