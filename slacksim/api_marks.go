package slacksim

import (
	"regexp"
	"slices"
	"strings"
)

// Caps that Slack has codes for but no published numbers (SF-6.20).
const (
	maxPins      = 100
	maxBookmarks = 100
	maxReactions = 23
)

func reactionMethods() []method {
	write := []string{"reactions:write"}
	return []method{
		{name: "reactions.add", tier: tier3, scopes: write, run: reactionsAdd},
		{name: "reactions.remove", tier: tier2, scopes: write, run: reactionsRemove},
		{name: "reactions.get", tier: tier3, scopes: []string{"reactions:read"}, run: reactionsGet},
	}
}

func (c *call) marked() (*channel, *Message, error) {
	ch, err := c.memberChannel("channel")
	if err != nil {
		return nil, nil, err
	}
	if ch.archived {
		return nil, nil, fail("is_archived")
	}
	m, err := c.message(ch, "timestamp", "message_not_found")
	return ch, m, err
}

func validEmoji(name string) bool {
	return regexp.MustCompile(`^[\p{Ll}\p{Lo}0-9_+'-]+(::skin-tone-[2-6])?$`).MatchString(name)
}

func reactionsAdd(w *Workspace, c *call) (obj, error) {
	ch, m, err := c.marked()
	if err != nil {
		return nil, err
	}
	name := c.str("name")
	switch {
	case !validEmoji(name):
		return nil, fail("invalid_name")
	case len(m.Reactions) >= maxReactions:
		return nil, fail("too_many_reactions")
	case !m.react(name, w.app.botUser):
		return nil, fail("already_reacted")
	}
	w.reacted("reaction_added", ch, m, name, w.app.botUser)
	return nil, nil
}

func reactionsRemove(w *Workspace, c *call) (obj, error) {
	ch, m, err := c.marked()
	if err != nil {
		return nil, err
	}
	if !m.unreact(c.str("name"), w.app.botUser) {
		return nil, fail("no_reaction")
	}
	w.reacted("reaction_removed", ch, m, c.str("name"), w.app.botUser)
	return nil, nil
}

func (w *Workspace) reacted(event string, ch *channel, m *Message, name, user string) {
	w.pageMessage("message_changed", ch, m)
	w.waiters.message(w, ch, m)
	if ch.has(w.app.botUser) {
		w.raise(event, obj{
			"type": event, "user": user, "reaction": name, "item_user": m.User,
			"item": obj{"type": "message", "channel": ch.id, "ts": m.TS},
		})
	}
}

func reactionsGet(w *Workspace, c *call) (obj, error) {
	ch, m, err := c.marked()
	if err != nil {
		return nil, err
	}
	return obj{"type": "message", "channel": ch.id, "message": w.messageAPI(m, false)}, nil
}

func pinMethods() []method {
	write := []string{"pins:write"}
	return []method{
		{name: "pins.add", tier: tier2, scopes: write, run: pinsAdd},
		{name: "pins.remove", tier: tier2, scopes: write, run: pinsRemove},
		{name: "pins.list", tier: tier2, scopes: []string{"pins:read"}, run: pinsList},
	}
}

func pinsAdd(w *Workspace, c *call) (obj, error) {
	ch, m, err := c.marked()
	switch {
	case err != nil:
		return nil, err
	case m.Pinned:
		return nil, fail("already_pinned")
	case len(ch.pins) >= maxPins:
		return nil, fail("too_many_pins")
	}
	m.Pinned = true
	ch.pins = append(ch.pins, m)
	w.pageMessage("message_changed", ch, m)
	w.raise("pin_added", obj{"type": "pin_added", "user": w.app.botUser, "channel_id": ch.id, "item": obj{"type": "message", "channel": ch.id}})
	return nil, nil
}

func pinsRemove(w *Workspace, c *call) (obj, error) {
	ch, m, err := c.marked()
	switch {
	case err != nil:
		return nil, err
	case !m.Pinned:
		return nil, fail("no_pin")
	}
	m.Pinned = false
	ch.pins = slices.DeleteFunc(ch.pins, func(x *Message) bool { return x == m })
	w.pageMessage("message_changed", ch, m)
	return nil, nil
}

func pinsList(w *Workspace, c *call) (obj, error) {
	ch, err := c.memberChannel("channel")
	if err != nil {
		return nil, err
	}
	items := []obj{}
	for _, m := range ch.pins {
		items = append(items, obj{"type": "message", "channel": ch.id, "message": w.messageAPI(m, false), "created_by": w.app.botUser})
	}
	return obj{"items": items}, nil
}

type bookmark struct {
	id, title, link, emoji string
	created, updated       int64
}

func bookmarkMethods() []method {
	write := []string{"bookmarks:write"}
	return []method{
		{name: "bookmarks.add", tier: tier2, scopes: write, run: bookmarksAdd},
		{name: "bookmarks.edit", tier: tier2, scopes: write, run: bookmarksEdit},
		{name: "bookmarks.remove", tier: tier2, scopes: write, run: bookmarksRemove},
		{name: "bookmarks.list", tier: tier3, scopes: []string{"bookmarks:read"}, run: bookmarksList},
	}
}

func isWebLink(link string) bool {
	return strings.HasPrefix(link, "http://") || strings.HasPrefix(link, "https://")
}

func bookmarksAdd(w *Workspace, c *call) (obj, error) {
	ch, err := c.memberChannel("channel_id")
	if err != nil {
		return nil, err
	}
	title, err := c.need("title")
	switch {
	case err != nil:
		return nil, err
	case c.str("type") != "link":
		return nil, fail("invalid_bookmark_type")
	case !isWebLink(c.str("link")):
		return nil, fail("invalid_link")
	case len(ch.bookmarks) >= maxBookmarks:
		return nil, fail("too_many_bookmarks")
	}
	now := w.opts.Clock.Now().Unix()
	b := &bookmark{id: w.newID("Bk"), title: title, link: c.str("link"), emoji: c.str("emoji"), created: now}
	ch.bookmarks = append(ch.bookmarks, b)
	return obj{"bookmark": w.bookmarkAPI(ch, b)}, nil
}

func (w *Workspace) bookmarkAPI(ch *channel, b *bookmark) obj {
	return obj{
		"id": b.id, "channel_id": ch.id, "title": b.title, "link": b.link, "emoji": b.emoji, "icon_url": "", "type": "link",
		"date_created": b.created, "date_updated": b.updated, "rank": "i", "last_updated_by_user_id": w.app.botUser,
		"last_updated_by_team_id": w.team.id, "app_id": w.app.id,
	}
}

func (c *call) bookmark() (*channel, *bookmark, error) {
	ch, err := c.memberChannel("channel_id")
	if err != nil {
		return nil, nil, err
	}
	id := c.str("bookmark_id")
	i := slices.IndexFunc(ch.bookmarks, func(b *bookmark) bool { return b.id == id })
	if i < 0 {
		return nil, nil, fail("not_found")
	}
	return ch, ch.bookmarks[i], nil
}

func bookmarksEdit(w *Workspace, c *call) (obj, error) {
	ch, b, err := c.bookmark()
	if err != nil {
		return nil, err
	}
	if c.has("link") && !isWebLink(c.str("link")) {
		return nil, fail("invalid_link")
	}
	b.title, b.link = orDefault(c.str("title"), b.title), orDefault(c.str("link"), b.link)
	if c.has("emoji") {
		b.emoji = c.str("emoji")
	}
	b.updated = w.opts.Clock.Now().Unix()
	return obj{"bookmark": w.bookmarkAPI(ch, b)}, nil
}

func bookmarksRemove(_ *Workspace, c *call) (obj, error) {
	ch, b, err := c.bookmark()
	if err != nil {
		return nil, err
	}
	ch.bookmarks = slices.DeleteFunc(ch.bookmarks, func(x *bookmark) bool { return x == b })
	return nil, nil
}

func bookmarksList(w *Workspace, c *call) (obj, error) {
	ch, err := c.memberChannel("channel_id")
	if err != nil {
		return nil, err
	}
	list := []obj{}
	for _, b := range ch.bookmarks {
		list = append(list, w.bookmarkAPI(ch, b))
	}
	return obj{"bookmarks": list}, nil
}
