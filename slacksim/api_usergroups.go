package slacksim

import (
	"cmp"
	"slices"
)

func usergroupMethods() []method {
	read, write := []string{"usergroups:read"}, []string{"usergroups:write"}
	return []method{
		{name: "usergroups.list", tier: tier2, scopes: read, run: usergroupsList},
		{name: "usergroups.users.list", tier: tier2, scopes: read, run: usergroupsUsersList},
		{name: "usergroups.create", tier: tier2, scopes: write, run: usergroupsCreate},
		{name: "usergroups.update", tier: tier2, scopes: write, run: usergroupsUpdate},
		{name: "usergroups.enable", tier: tier2, scopes: write, run: usergroupsEnable},
		{name: "usergroups.disable", tier: tier2, scopes: write, run: usergroupsDisable},
		{name: "usergroups.users.update", tier: tier2, scopes: write, run: usergroupsUsersUpdate},
	}
}

// planAllows refuses user groups on free plans (SF-8.9).
func (w *API) planAllows() error {
	if w.opts.FreePlan {
		return refuse("plan_upgrade_required")
	}
	return nil
}

func (w *API) usergroupAPI(g *usergroup, withUsers bool) obj {
	o := obj{
		"id": g.id, "team_id": w.team.id, "is_usergroup": true, "is_subteam": true, "name": g.name, "description": g.description,
		"handle": g.handle, "is_external": false, "date_create": g.created, "date_update": g.updated, "date_delete": g.disabled,
		"created_by": w.app.botUser, "updated_by": w.app.botUser, "prefs": obj{"channels": []string{}, "groups": []string{}},
		"user_count": len(g.users),
	}
	if withUsers {
		o["users"] = g.users
	}
	return o
}

func usergroupsList(w *API, c *call) (obj, error) {
	if err := w.planAllows(); err != nil {
		return nil, err
	}
	list := []obj{}
	for _, g := range w.groups {
		if g.disabled == 0 || c.flag("include_disabled") {
			list = append(list, w.usergroupAPI(g, c.flag("include_users")))
		}
	}
	return obj{"usergroups": list}, nil
}

func (c *call) usergroup() (*usergroup, error) {
	if err := c.w.planAllows(); err != nil {
		return nil, err
	}
	id := c.str("usergroup")
	i := slices.IndexFunc(c.w.groups, func(g *usergroup) bool { return g.id == id })
	if i < 0 {
		return nil, refuse("no_such_subteam")
	}
	return c.w.groups[i], nil
}

func usergroupsUsersList(_ *API, c *call) (obj, error) {
	g, err := c.usergroup()
	if err != nil {
		return nil, err
	}
	if g.disabled != 0 && !c.flag("include_disabled") {
		return obj{"users": []string{}}, nil
	}
	return obj{"users": slices.Concat([]string{}, g.users)}, nil
}

func usergroupsCreate(w *API, c *call) (obj, error) {
	if err := w.planAllows(); err != nil {
		return nil, err
	}
	name, err := c.need("name")
	if err != nil {
		return nil, err
	}
	handle := cmp.Or(c.str("handle"), slug(name))
	if err := w.freeHandle(nil, name, handle); err != nil {
		return nil, err
	}
	now := w.opts.Clock.Now().Unix()
	g := &usergroup{id: w.newID("S"), name: name, handle: handle, description: c.str("description"), created: now, updated: now}
	w.groups = append(w.groups, g)
	w.raise("subteam_created", obj{"type": "subteam_created", "subteam": w.usergroupAPI(g, true)})
	return obj{"usergroup": w.usergroupAPI(g, true)}, nil
}

// freeHandle keeps handles unique over users, channels and groups (SF-8.9).
func (w *API) freeHandle(self *usergroup, name, handle string) error {
	for _, u := range w.people.list {
		if u.name == handle {
			return refuse("handle_already_exists")
		}
	}
	if w.channels.byName[handle] != nil {
		return refuse("handle_already_exists")
	}
	for _, g := range w.groups {
		switch {
		case g == self:
		case g.handle == handle:
			return refuse("handle_already_exists")
		case g.name == name:
			return refuse("name_already_exists")
		}
	}
	return nil
}

func usergroupsUpdate(w *API, c *call) (obj, error) {
	g, err := c.usergroup()
	if err != nil {
		return nil, err
	}
	name, handle := cmp.Or(c.str("name"), g.name), cmp.Or(c.str("handle"), g.handle)
	if err := w.freeHandle(g, name, handle); err != nil {
		return nil, err
	}
	g.name, g.handle = name, handle
	if c.has("description") {
		g.description = c.str("description")
	}
	return w.usergroupChanged(g), nil
}

func (w *API) usergroupChanged(g *usergroup) obj {
	g.updated = w.opts.Clock.Now().Unix()
	w.raise("subteam_updated", obj{"type": "subteam_updated", "subteam": w.usergroupAPI(g, true)})
	return obj{"usergroup": w.usergroupAPI(g, true)}
}

func usergroupsEnable(w *API, c *call) (obj, error) {
	g, err := c.usergroup()
	if err != nil {
		return nil, err
	}
	g.disabled = 0
	return w.usergroupChanged(g), nil
}

func usergroupsDisable(w *API, c *call) (obj, error) {
	g, err := c.usergroup()
	if err != nil {
		return nil, err
	}
	g.disabled = w.opts.Clock.Now().Unix()
	return w.usergroupChanged(g), nil
}

// usergroupsUsersUpdate replaces the whole list, which may not become empty
// (SF-8.9).
func usergroupsUsersUpdate(w *API, c *call) (obj, error) {
	g, err := c.usergroup()
	if err != nil {
		return nil, err
	}
	users := c.list("users")
	if len(users) == 0 {
		return nil, refuse("no_users_provided")
	}
	for _, id := range users {
		if u := w.people.byID[id]; u == nil || u.bot || u.deactivated {
			return nil, refuse("invalid_users")
		}
	}
	g.users = users
	return w.usergroupChanged(g), nil
}
