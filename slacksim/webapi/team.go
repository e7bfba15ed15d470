package webapi

func teamMethods() []method {
	return []method{
		{name: "auth.test", tier: tierSpecial, run: authTest},
		{name: "apps.connections.open", tier: tier3, appLevel: true, run: appsConnectionsOpen},
		{name: "team.info", tier: tier3, scopes: []string{"team:read"}, run: teamInfo},
		{name: "bots.info", tier: tier3, scopes: []string{"users:read"}, run: botsInfo},
		{name: "emoji.list", tier: tier2, scopes: []string{"emoji:read"}, run: emojiList},
		{name: "dnd.info", tier: tier3, scopes: []string{"dnd:read"}, run: dndInfo},
	}
}

func appsConnectionsOpen(w *API, _ *call) (obj, error) {
	return obj{"url": w.socketURL()}, nil
}

func authTest(w *API, _ *call) (obj, error) {
	return obj{
		"url": w.URL() + "/", "team": w.Team.Name, "user": w.People.ByID[w.App.BotUser].Name, "team_id": w.Team.ID,
		"user_id": w.App.BotUser, "bot_id": w.App.BotID, "app_id": w.App.ID, "is_enterprise_install": false,
	}, nil
}

func teamInfo(w *API, _ *call) (obj, error) {
	return obj{"team": obj{"id": w.Team.ID, "name": w.Team.Name, "domain": w.Team.Domain, "email_domain": "", "icon": obj{}}}, nil
}

func botsInfo(w *API, c *call) (obj, error) {
	if id := c.str("bot"); id != "" && id != w.App.BotID {
		return nil, refuse("bot_not_found")
	}
	return obj{"bot": obj{
		"id": w.App.BotID, "deleted": false, "name": w.Manifest.BotName(), "updated": 1700000000, "app_id": w.App.ID,
		"user_id": w.App.BotUser, "icons": obj{},
	}}, nil
}

func emojiList(*API, *call) (obj, error) {
	return obj{"emoji": obj{}}, nil
}

func dndInfo(w *API, c *call) (obj, error) {
	if id := c.str("user"); id != "" && w.People.ByID[id] == nil {
		return nil, refuse("user_not_found")
	}
	return obj{"dnd_enabled": false, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1, "snooze_enabled": false}, nil
}
