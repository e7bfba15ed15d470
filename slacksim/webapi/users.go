package webapi

import (
	"cmp"

	"opsbot/slacksim/workspace"
)

func userMethods() []method {
	read := []string{"users:read"}
	return []method{
		{name: "users.list", tier: tier2, scopes: read, run: usersList},
		{name: "users.info", tier: tier4, scopes: read, run: usersInfo},
		{name: "users.lookupByEmail", tier: tier3, scopes: []string{"users:read.email"}, run: usersLookupByEmail},
		{name: "users.getPresence", tier: tier3, scopes: read, run: usersGetPresence},
		{name: "users.conversations", tier: tier3, conv: readScopes(), run: usersConversations},
		{name: "users.profile.get", tier: tier4, scopes: []string{"users.profile:read", "users:read"}, run: usersProfileGet},
	}
}

func usersList(w *API, c *call) (obj, error) {
	part, next, err := page(c, w.People.List, 1000, 1000)
	if err != nil {
		return nil, err
	}
	members := make([]obj, 0, len(part))
	for _, u := range part {
		members = append(members, w.userFor(c, u))
	}
	return obj{"members": members, "cache_ts": w.Options.Clock.Now().Unix(), "response_metadata": nextCursor(next)}, nil
}

// userFor leaves the locale out unless the call asked for it.
func (w *API) userFor(c *call, u *workspace.Person) obj {
	o := w.UserAPI(u)
	if !c.flag("include_locale") {
		delete(o, "locale")
	}
	return o
}

func (c *call) user() (*workspace.Person, error) {
	id, err := c.need("user")
	if err != nil {
		return nil, refuse("user_not_found")
	}
	u := c.w.People.ByID[id]
	if u == nil {
		return nil, refuse("user_not_found")
	}
	return u, nil
}

func usersInfo(w *API, c *call) (obj, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	return obj{"user": w.userFor(c, u)}, nil
}

func usersLookupByEmail(w *API, c *call) (obj, error) {
	email, err := c.need("email")
	if err != nil {
		return nil, err
	}
	u := w.People.ByEmail(email)
	if u == nil || u.Deactivated {
		return nil, refuse("users_not_found")
	}
	return obj{"user": w.userFor(c, u)}, nil
}

func usersGetPresence(_ *API, c *call) (obj, error) {
	if _, err := c.user(); err != nil {
		return nil, err
	}
	return obj{"presence": "active"}, nil
}

func usersConversations(w *API, c *call) (obj, error) {
	user := cmp.Or(c.str("user"), w.App.BotUser)
	if w.People.ByID[user] == nil {
		return nil, refuse("user_not_found")
	}
	return w.listChannels(c, func(ch *workspace.Channel) bool { return ch.Has(user) })
}

func usersProfileGet(w *API, c *call) (obj, error) {
	u, err := c.user()
	if err != nil {
		return nil, err
	}
	return obj{"profile": w.UserAPI(u)["profile"]}, nil
}
