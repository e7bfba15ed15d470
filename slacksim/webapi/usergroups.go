package webapi

import (
	"cmp"
	"slices"

	"opsbot/slacksim/workspace"
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
	if w.Options.FreePlan {
		return refuse("plan_upgrade_required")
	}
	return nil
}

func (w *API) usergroupAPI(g *workspace.UserGroup, withUsers bool) obj {
	o := obj{
		"id": g.ID, "team_id": w.Team.ID, "is_usergroup": true, "is_subteam": true, "name": g.Name, "description": g.Description,
		"handle": g.Handle, "is_external": false, "date_create": g.Created, "date_update": g.Updated, "date_delete": g.Disabled,
		"created_by": w.App.BotUser, "updated_by": w.App.BotUser, "prefs": obj{"channels": []string{}, "groups": []string{}},
		"user_count": len(g.Users),
	}
	if withUsers {
		o["users"] = g.Users
	}
	return o
}

func usergroupsList(w *API, c *call) (obj, error) {
	if err := w.planAllows(); err != nil {
		return nil, err
	}
	list := []obj{}
	for _, g := range w.Groups {
		if g.Disabled == 0 || c.flag("include_disabled") {
			list = append(list, w.usergroupAPI(g, c.flag("include_users")))
		}
	}
	return obj{"usergroups": list}, nil
}

func (c *call) usergroup() (*workspace.UserGroup, error) {
	if err := c.w.planAllows(); err != nil {
		return nil, err
	}
	id := c.str("usergroup")
	i := slices.IndexFunc(c.w.Groups, func(g *workspace.UserGroup) bool { return g.ID == id })
	if i < 0 {
		return nil, refuse("no_such_subteam")
	}
	return c.w.Groups[i], nil
}

func usergroupsUsersList(_ *API, c *call) (obj, error) {
	g, err := c.usergroup()
	if err != nil {
		return nil, err
	}
	if g.Disabled != 0 && !c.flag("include_disabled") {
		return obj{"users": []string{}}, nil
	}
	return obj{"users": slices.Concat([]string{}, g.Users)}, nil
}

func usergroupsCreate(w *API, c *call) (obj, error) {
	if err := w.planAllows(); err != nil {
		return nil, err
	}
	name, err := c.need("name")
	if err != nil {
		return nil, err
	}
	handle := cmp.Or(c.str("handle"), workspace.Slug(name))
	if err := w.freeHandle(nil, name, handle); err != nil {
		return nil, err
	}
	now := w.Options.Clock.Now().Unix()
	g := &workspace.UserGroup{ID: w.NewID("S"), Name: name, Handle: handle, Description: c.str("description"), Created: now, Updated: now}
	w.Groups = append(w.Groups, g)
	w.Raise("subteam_created", obj{"type": "subteam_created", "subteam": w.usergroupAPI(g, true)})
	return obj{"usergroup": w.usergroupAPI(g, true)}, nil
}

// freeHandle keeps handles unique over users, channels and groups (SF-8.9).
func (w *API) freeHandle(self *workspace.UserGroup, name, handle string) error {
	for _, u := range w.People.List {
		if u.Name == handle {
			return refuse("handle_already_exists")
		}
	}
	if w.Channels.ByName[handle] != nil {
		return refuse("handle_already_exists")
	}
	for _, g := range w.Groups {
		switch {
		case g == self:
		case g.Handle == handle:
			return refuse("handle_already_exists")
		case g.Name == name:
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
	name, handle := cmp.Or(c.str("name"), g.Name), cmp.Or(c.str("handle"), g.Handle)
	if err := w.freeHandle(g, name, handle); err != nil {
		return nil, err
	}
	g.Name, g.Handle = name, handle
	if c.has("description") {
		g.Description = c.str("description")
	}
	return w.usergroupChanged(g), nil
}

func (w *API) usergroupChanged(g *workspace.UserGroup) obj {
	g.Updated = w.Options.Clock.Now().Unix()
	w.Raise("subteam_updated", obj{"type": "subteam_updated", "subteam": w.usergroupAPI(g, true)})
	return obj{"usergroup": w.usergroupAPI(g, true)}
}

func usergroupsEnable(w *API, c *call) (obj, error) {
	g, err := c.usergroup()
	if err != nil {
		return nil, err
	}
	g.Disabled = 0
	return w.usergroupChanged(g), nil
}

func usergroupsDisable(w *API, c *call) (obj, error) {
	g, err := c.usergroup()
	if err != nil {
		return nil, err
	}
	g.Disabled = w.Options.Clock.Now().Unix()
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
		if u := w.People.ByID[id]; u == nil || u.Bot || u.Deactivated {
			return nil, refuse("invalid_users")
		}
	}
	g.Users = users
	return w.usergroupChanged(g), nil
}
