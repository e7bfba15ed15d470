package workspace

import (
	"cmp"
	"encoding/json"
	"slices"

	"opsbot/slacksim/blockkit"
)

// Message is one message as the workspace keeps it. Values that the API hands
// out are snapshots: a later edit does not change them.
type Message struct {
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
	Reactions []Reaction
	Files     []File

	// state is what a user has chosen in the message's selects and inputs.
	state map[string]blockkit.State
}

// Reaction is an emoji and who put it there.
type Reaction struct {
	Name  string   `json:"name"`
	Users []string `json:"users"`
}

// Snapshot is a copy that later changes do not reach. Slices are replaced,
// never changed in place, once they are part of a message.
func (m *Message) Snapshot() Message {
	c := *m
	c.state = nil
	return c
}

// StateOf is what a user has chosen in the message, to be read and changed.
func (m *Message) StateOf(user string) blockkit.State {
	if m.state == nil {
		m.state = map[string]blockkit.State{}
	}
	if m.state[user] == nil {
		m.state[user] = blockkit.State{}
	}
	return m.state[user]
}

// ForgetState is for a message that has got new blocks.
func (m *Message) ForgetState() { m.state = nil }

// Own tells whether the bot posted the message.
func (m *Message) Own(botID string) bool { return m.BotID == botID && botID != "" }

func (c *Channel) insert(m *Message) {
	c.ByTS[m.TS] = m
	if m.ThreadTS == "" || m.Broadcast {
		c.Timeline = append(c.Timeline, m)
	}
	if m.ThreadTS == "" {
		return
	}
	c.Threads[m.ThreadTS] = append(c.Threads[m.ThreadTS], m)
	if parent := c.ByTS[m.ThreadTS]; parent != nil && parent.ThreadTS == "" && m.Ephemeral == "" {
		parent.ReplyCount++
		parent.LatestReply = m.TS
		if !slices.Contains(parent.ReplyUsers, m.User) {
			parent.ReplyUsers = append(slices.Clone(parent.ReplyUsers), m.User)
		}
	}
}

func (c *Channel) remove(m *Message) {
	same := func(x *Message) bool { return x == m }
	delete(c.ByTS, m.TS)
	m.Deleted = true
	if m.ThreadTS == "" || m.Broadcast {
		c.Timeline = slices.DeleteFunc(c.Timeline, same)
	}
	c.Pins = slices.DeleteFunc(c.Pins, same)
	if m.ThreadTS == "" {
		return
	}
	c.Threads[m.ThreadTS] = slices.DeleteFunc(c.Threads[m.ThreadTS], same)
	if parent := c.ByTS[m.ThreadTS]; parent != nil && parent.ThreadTS == "" && m.Ephemeral == "" {
		parent.ReplyCount--
	}
}

// MessageAPI is the message object of the Web API and of events.
func (w *Workspace) MessageAPI(m *Message, withMetadata bool) map[string]any {
	o := obj{"type": "message", "ts": m.TS, "text": m.Plain, "team": w.Team.ID}
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

func (w *Workspace) addAuthor(o obj, m *Message) {
	put(o, "user", m.User)
	if m.BotID == "" {
		return
	}
	o["bot_id"] = m.BotID
	o["app_id"] = w.App.ID
	o["bot_profile"] = obj{
		"id": m.BotID, "app_id": w.App.ID, "user_id": w.App.BotUser, "name": cmp.Or(m.BotName, w.Manifest.BotName()), "team_id": w.Team.ID,
		"deleted": false, "updated": 1700000000,
	}
	put(o, "username", m.BotName)
}

func addThread(o obj, m *Message) {
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

func reactionsJSON(reactions []Reaction) []obj {
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
