package slacksim

import (
	"cmp"
	"encoding/json"
	"slices"
)

// Message is one message as the workspace keeps it. Values that the API hands
// out are snapshots: a later edit does not change them.
type message struct {
	TS       string
	Channel  string // id
	ThreadTS string // of the parent; empty outside threads and, unlike in Slack, on the parent itself
	User     string // id of the author; the bot's user id for the bot's posts
	BotID    string // set on the bot's posts
	BotName  string // when chat:write.customize changed it
	Plain    string // the text argument alone; Text() has the blocks too
	Subtype  string

	Blocks      json.RawMessage
	Attachments json.RawMessage
	Metadata    json.RawMessage

	ReplyCount  int
	ReplyUsers  []string
	LatestReply string

	EditedAt  string // ts of the last edit that shows the "edited" mark
	Ephemeral string // id of the only user who sees it
	Broadcast bool   // a reply that is also shown in the channel
	Pinned    bool
	Deleted   bool
	Reactions []reaction
	Files     []File

	// state is what a user has chosen in the message's selects and inputs.
	state map[string]viewState
}

// Reaction is an emoji and who put it there.
type reaction struct {
	Name  string   `json:"name"`
	Users []string `json:"users"`
}

// snapshot is a copy that later changes do not reach. Slices are replaced,
// never changed in place, once they are part of a message.
func (m *message) snapshot() message {
	c := *m
	c.state = nil
	return c
}

// stateOf is what a user has chosen in the message, to be read and changed.
func (m *message) stateOf(user string) viewState {
	if m.state == nil {
		m.state = map[string]viewState{}
	}
	if m.state[user] == nil {
		m.state[user] = viewState{}
	}
	return m.state[user]
}

// forgetState is for a message that has got new blocks.
func (m *message) forgetState() { m.state = nil }

func (m *message) own(botID string) bool { return m.BotID == botID && botID != "" }

func (c *channel) insert(m *message) {
	c.byTS[m.TS] = m
	if m.ThreadTS == "" || m.Broadcast {
		c.timeline = append(c.timeline, m)
	}
	if m.ThreadTS == "" {
		return
	}
	c.threads[m.ThreadTS] = append(c.threads[m.ThreadTS], m)
	if parent := c.byTS[m.ThreadTS]; parent != nil && parent.ThreadTS == "" && m.Ephemeral == "" {
		parent.ReplyCount++
		parent.LatestReply = m.TS
		if !slices.Contains(parent.ReplyUsers, m.User) {
			parent.ReplyUsers = append(slices.Clone(parent.ReplyUsers), m.User)
		}
	}
}

func (c *channel) remove(m *message) {
	same := func(x *message) bool { return x == m }
	delete(c.byTS, m.TS)
	m.Deleted = true
	if m.ThreadTS == "" || m.Broadcast {
		c.timeline = slices.DeleteFunc(c.timeline, same)
	}
	c.pins = slices.DeleteFunc(c.pins, same)
	if m.ThreadTS == "" {
		return
	}
	c.threads[m.ThreadTS] = slices.DeleteFunc(c.threads[m.ThreadTS], same)
	if parent := c.byTS[m.ThreadTS]; parent != nil && parent.ThreadTS == "" && m.Ephemeral == "" {
		parent.ReplyCount--
	}
}

// messageAPI is the message object of the Web API and of events.
func (w *core) messageAPI(m *message, withMetadata bool) obj {
	o := obj{"type": "message", "ts": m.TS, "text": m.Plain, "team": w.team.id}
	w.addAuthor(o, m)
	put(o, "subtype", m.Subtype)
	if len(m.Blocks) > 0 {
		o["blocks"] = m.Blocks
	}
	if len(m.Attachments) > 0 {
		o["attachments"] = m.Attachments
	}
	if withMetadata && len(m.Metadata) > 0 {
		o["metadata"] = m.Metadata
	}
	if m.EditedAt != "" {
		o["edited"] = obj{"user": m.User, "ts": m.EditedAt}
	}
	if len(m.Reactions) > 0 {
		o["reactions"] = reactionsJSON(m.Reactions)
	}
	if len(m.Files) > 0 {
		o["files"] = w.filesAPI(m.Files)
	}
	if m.Pinned {
		o["pinned_to"] = []string{m.Channel}
	}
	if m.Ephemeral != "" {
		o["is_ephemeral"] = true
	}
	addThread(o, m)
	return o
}

func (w *core) addAuthor(o obj, m *message) {
	put(o, "user", m.User)
	if m.BotID == "" {
		return
	}
	o["bot_id"] = m.BotID
	o["app_id"] = w.app.id
	o["bot_profile"] = obj{
		"id": m.BotID, "app_id": w.app.id, "user_id": w.app.botUser, "name": cmp.Or(m.BotName, w.manifest.botName()), "team_id": w.team.id,
		"deleted": false, "updated": 1700000000,
	}
	put(o, "username", m.BotName)
}

func addThread(o obj, m *message) {
	if m.ThreadTS != "" {
		o["thread_ts"] = m.ThreadTS
		return
	}
	if m.ReplyCount > 0 {
		o["thread_ts"] = m.TS
		o["reply_count"] = m.ReplyCount
		o["reply_users"] = m.ReplyUsers
		o["reply_users_count"] = len(m.ReplyUsers)
		o["latest_reply"] = m.LatestReply
	}
}

func reactionsJSON(reactions []reaction) []obj {
	out := make([]obj, 0, len(reactions))
	for _, r := range reactions {
		out = append(out, obj{"name": r.Name, "users": r.Users, "count": len(r.Users)})
	}
	return out
}

func put(o obj, key, value string) {
	if value != "" {
		o[key] = value
	}
}
