package webapi

import "opsbot/slacksim/workspace"

// maxReactions is per message; Slack has a code for the cap but no published
// number (SF-6.20).
const maxReactions = 23

func reactionMethods() []method {
	write := []string{"reactions:write"}
	return []method{
		{name: "reactions.add", tier: tier3, scopes: write, run: reactionsAdd},
		{name: "reactions.remove", tier: tier2, scopes: write, run: reactionsRemove},
		{name: "reactions.get", tier: tier3, scopes: []string{"reactions:read"}, run: reactionsGet},
	}
}

func (c *call) marked() (*workspace.Channel, *workspace.Message, error) {
	ch, err := c.memberChannel("channel")
	if err != nil {
		return nil, nil, err
	}
	if ch.Archived {
		return nil, nil, refuse("is_archived")
	}
	m, err := c.message(ch, "timestamp", "message_not_found")
	return ch, m, err
}

func reactionsAdd(w *API, c *call) (obj, error) {
	ch, m, err := c.marked()
	if err != nil {
		return nil, err
	}
	name := c.str("name")
	switch {
	case !workspace.ValidEmoji(name):
		return nil, refuse("invalid_name")
	case len(m.Reactions) >= maxReactions:
		return nil, refuse("too_many_reactions")
	case !m.React(name, w.App.BotUser):
		return nil, refuse("already_reacted")
	}
	w.Reacted("reaction_added", ch, m, name, w.App.BotUser)
	return nil, nil
}

func reactionsRemove(w *API, c *call) (obj, error) {
	ch, m, err := c.marked()
	if err != nil {
		return nil, err
	}
	if !m.Unreact(c.str("name"), w.App.BotUser) {
		return nil, refuse("no_reaction")
	}
	w.Reacted("reaction_removed", ch, m, c.str("name"), w.App.BotUser)
	return nil, nil
}

func reactionsGet(w *API, c *call) (obj, error) {
	ch, m, err := c.marked()
	if err != nil {
		return nil, err
	}
	return obj{"type": "message", "channel": ch.ID, "message": w.MessageAPI(m, false)}, nil
}
