package slacksim

import (
	"slices"
	"strings"
)

// channel is a conversation: public, private, or a DM between two users.
type channel struct {
	id, name, topic, purpose, creator string
	private, archived, general        bool
	created                           int64
	im                                []string // the two users of a DM
	members                           []string
	memberSet                         map[string]bool

	timeline  []*message // roots, broadcasts and ephemerals, oldest first
	threads   map[string][]*message
	byTS      map[string]*message
	pins      []*message
	bookmarks []*bookmark
	lastRead  map[string]string
}

type bookmark struct {
	id, title, link, emoji string
	created, updated       int64
}

type channels struct {
	list   []*channel
	byID   map[string]*channel
	byName map[string]*channel
}

func (s *channels) init() {
	s.byID = map[string]*channel{}
	s.byName = map[string]*channel{}
}

func (s *channels) add(c *channel) {
	c.threads = map[string][]*message{}
	c.byTS = map[string]*message{}
	c.lastRead = map[string]string{}
	s.list = append(s.list, c)
	s.byID[c.id] = c
	if !c.isIM() {
		s.byName[c.name] = c
	}
}

func (s *channels) find(name string) *channel {
	if c := s.byID[name]; c != nil {
		return c
	}
	return s.byName[strings.TrimPrefix(name, "#")]
}

func (c *channel) isIM() bool { return c.im != nil }

func (c *channel) join(user string) {
	if c.memberSet == nil {
		c.memberSet = map[string]bool{}
	}
	if !c.memberSet[user] {
		c.memberSet[user] = true
		c.members = append(c.members, user)
	}
}

func (c *channel) leave(user string) {
	delete(c.memberSet, user)
	c.members = slices.DeleteFunc(c.members, func(m string) bool { return m == user })
}

func (c *channel) has(user string) bool { return c.memberSet[user] }

// visibleTo reports whether user may know that the conversation exists.
func (c *channel) visibleTo(user string) bool {
	return c.has(user) || !c.private && !c.isIM()
}

// other is the far side of a DM as user sees it.
func (c *channel) other(user string) string {
	if c.im[0] == user {
		return c.im[1]
	}
	return c.im[0]
}

// eventType is the channel_type of message events.
func (c *channel) eventType() string {
	switch {
	case c.isIM():
		return "im"
	case c.private:
		return "group"
	default:
		return "channel"
	}
}

// messageEvent is the subscription that covers the channel's messages.
func (c *channel) messageEvent() string {
	return map[string]string{"im": "message.im", "group": "message.groups", "channel": "message.channels"}[c.eventType()]
}

func (c *channel) apiType() string {
	return map[string]string{"im": "im", "group": "private_channel", "channel": "public_channel"}[c.eventType()]
}

// all lists every message of the channel, threads after the timeline.
func (c *channel) all() []*message {
	out := append([]*message(nil), c.timeline...)
	for _, thread := range c.threads {
		for _, m := range thread {
			if !m.Broadcast {
				out = append(out, m)
			}
		}
	}
	return out
}

// openDM returns the DM between two users, making it on first use.
func (w *core) openDM(a, b string) *channel {
	if c := w.findDM(a, b); c != nil {
		return c
	}
	c := &channel{id: w.newID("D"), im: []string{a, b}, private: true, created: w.opts.Clock.Now().Unix()}
	c.join(a)
	c.join(b)
	w.channels.add(c)
	w.pages.Channel(c)
	return c
}

func (w *core) channelAPI(c *channel, viewer string) obj {
	topic := obj{"value": c.topic, "creator": c.creator, "last_set": 0}
	o := obj{
		"id": c.id, "created": c.created, "is_archived": c.archived, "is_channel": !c.private, "is_group": c.private && !c.isIM(),
		"is_im": c.isIM(), "is_mpim": false, "is_private": c.private, "is_general": c.general, "context_team_id": w.team.id,
		"creator": c.creator, "topic": topic, "purpose": obj{"value": c.purpose, "creator": "", "last_set": 0},
		"is_member": c.has(viewer), "num_members": len(c.members),
	}
	if c.isIM() {
		o["user"] = c.other(viewer)
		o["is_user_deleted"] = false
		o["is_open"] = true
		return o
	}
	o["name"] = c.name
	o["name_normalized"] = c.name
	if last := c.lastRead[viewer]; last != "" {
		o["last_read"] = last
	}
	return o
}

// conversation resolves "#name", "@person" (the bot's DM) or an id.
func (w *core) conversation(name string) *channel {
	if !strings.HasPrefix(name, "@") {
		return w.channels.find(name)
	}
	u := w.people.find(name)
	if u == nil {
		return nil
	}
	return w.findDM(w.app.botUser, u.id)
}

func (w *core) findDM(a, b string) *channel {
	for _, c := range w.channels.list {
		if c.isIM() && (c.im[0] == a && c.im[1] == b || c.im[0] == b && c.im[1] == a) {
			return c
		}
	}
	return nil
}
