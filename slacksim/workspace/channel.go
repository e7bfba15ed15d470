package workspace

import (
	"slices"
	"strings"
)

// Channel is a conversation: public, private, or a DM between two users.
type Channel struct {
	ID, Name, Topic, Purpose, Creator string
	Private, Archived, General        bool
	Created                           int64
	Pair                              []string // the two users of a DM
	// SharedWith are the organisations that the channel is shared with over Slack Connect; InvitedOrg is one that has not accepted yet.
	SharedWith []string
	InvitedOrg string
	// OrgShared: several workspaces of the same organisation have the channel.
	OrgShared bool
	Members   []string
	memberSet map[string]bool

	Timeline  []*Message // roots, broadcasts and ephemerals, oldest first
	Threads   map[string][]*Message
	ByTS      map[string]*Message
	Pins      []*Message
	Bookmarks []*Bookmark
	LastRead  map[string]string
}

// Bookmark is a link at the top of a channel.
type Bookmark struct {
	ID, Title, Link, Emoji string
	Created, Updated       int64
}

type channels struct {
	List   []*Channel
	ByID   map[string]*Channel
	ByName map[string]*Channel
}

func (s *channels) init() {
	s.ByID = map[string]*Channel{}
	s.ByName = map[string]*Channel{}
}

func (s *channels) Add(c *Channel) {
	c.Threads = map[string][]*Message{}
	c.ByTS = map[string]*Message{}
	c.LastRead = map[string]string{}
	s.List = append(s.List, c)
	s.ByID[c.ID] = c
	if !c.IsIM() {
		s.ByName[c.Name] = c
	}
}

func (s *channels) Find(name string) *Channel {
	if c := s.ByID[name]; c != nil {
		return c
	}
	return s.ByName[strings.TrimPrefix(name, "#")]
}

// IsIM tells a DM from a channel.
func (c *Channel) IsIM() bool { return c.Pair != nil }

// Join makes a user a member.
func (c *Channel) Join(user string) {
	if c.memberSet == nil {
		c.memberSet = map[string]bool{}
	}
	if !c.memberSet[user] {
		c.memberSet[user] = true
		c.Members = append(c.Members, user)
	}
}

func (c *Channel) leave(user string) {
	delete(c.memberSet, user)
	c.Members = slices.DeleteFunc(c.Members, func(m string) bool { return m == user })
}

// Has tells whether a user is a member.
func (c *Channel) Has(user string) bool { return c.memberSet[user] }

// VisibleTo reports whether user may know that the conversation exists.
func (c *Channel) VisibleTo(user string) bool {
	return c.Has(user) || !c.Private && !c.IsIM()
}

// Other is the far side of a DM as user sees it.
func (c *Channel) Other(user string) string {
	if c.Pair[0] == user {
		return c.Pair[1]
	}
	return c.Pair[0]
}

// eventType is the channel_type of message events.
func (c *Channel) eventType() string {
	switch {
	case c.IsIM():
		return "im"
	case c.Private:
		return "group"
	default:
		return "channel"
	}
}

// messageEvent is the subscription that covers the channel's messages.
func (c *Channel) messageEvent() string {
	return map[string]string{"im": "message.im", "group": "message.groups", "channel": "message.channels"}[c.eventType()]
}

// APIType is the type of conversation as conversations.list names it.
func (c *Channel) APIType() string {
	return map[string]string{"im": "im", "group": "private_channel", "channel": "public_channel"}[c.eventType()]
}

// All lists every message of the channel, threads after the timeline.
func (c *Channel) All() []*Message {
	out := append([]*Message(nil), c.Timeline...)
	for _, thread := range c.Threads {
		for _, m := range thread {
			if !m.Broadcast {
				out = append(out, m)
			}
		}
	}
	return out
}

// OpenDM returns the DM between two users, making it on first use.
func (w *Workspace) OpenDM(a, b string) *Channel {
	if c := w.FindDM(a, b); c != nil {
		return c
	}
	c := &Channel{ID: w.NewID("D"), Pair: []string{a, b}, Private: true, Created: w.Options.Clock.Now().Unix()}
	c.Join(a)
	c.Join(b)
	w.Channels.Add(c)
	w.Pages.Channel(c)
	return c
}

// ChannelAPI is the channel object of the Web API as viewer gets it.
func (w *Workspace) ChannelAPI(c *Channel, viewer string) map[string]any {
	topic := obj{"value": c.Topic, "creator": c.Creator, "last_set": 0}
	o := obj{
		"id": c.ID, "created": c.Created, "is_archived": c.Archived, "is_channel": !c.Private, "is_group": c.Private && !c.IsIM(),
		"is_im": c.IsIM(), "is_mpim": false, "is_private": c.Private, "is_general": c.General, "context_team_id": w.Team.ID,
		"creator": c.Creator, "topic": topic, "purpose": obj{"value": c.Purpose, "creator": "", "last_set": 0},
		"is_member": c.Has(viewer), "num_members": len(c.Members),
	}
	if c.IsIM() {
		o["user"] = c.Other(viewer)
		o["is_user_deleted"] = false
		o["is_open"] = true
		return o
	}
	o["name"] = c.Name
	o["name_normalized"] = c.Name
	c.addSharing(o, w.Team.ID)
	if last := c.LastRead[viewer]; last != "" {
		o["last_read"] = last
	}
	return o
}

// Conversation resolves "#name", "@person" (the bot's DM) or an id.
func (w *Workspace) Conversation(name string) *Channel {
	if !strings.HasPrefix(name, "@") {
		return w.Channels.Find(name)
	}
	u := w.People.Find(name)
	if u == nil {
		return nil
	}
	return w.FindDM(w.App.BotUser, u.ID)
}

// FindDM returns the DM between two users; nil if there is none yet.
func (w *Workspace) FindDM(a, b string) *Channel {
	for _, c := range w.Channels.List {
		if c.IsIM() && (c.Pair[0] == a && c.Pair[1] == b || c.Pair[0] == b && c.Pair[1] == a) {
			return c
		}
	}
	return nil
}
