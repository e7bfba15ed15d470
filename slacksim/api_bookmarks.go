package slacksim

import (
	"cmp"
	"slices"
	"strings"
)

// maxBookmarks is per channel (SF-6.20).
const maxBookmarks = 100

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

func bookmarksAdd(w *API, c *call) (obj, error) {
	ch, err := c.memberChannel("channel_id")
	if err != nil {
		return nil, err
	}
	title, err := c.need("title")
	switch {
	case err != nil:
		return nil, err
	case c.str("type") != "link":
		return nil, refuse("invalid_bookmark_type")
	case !isWebLink(c.str("link")):
		return nil, refuse("invalid_link")
	case len(ch.bookmarks) >= maxBookmarks:
		return nil, refuse("too_many_bookmarks")
	}
	now := w.opts.Clock.Now().Unix()
	b := &bookmark{id: w.newID("Bk"), title: title, link: c.str("link"), emoji: c.str("emoji"), created: now}
	ch.bookmarks = append(ch.bookmarks, b)
	return obj{"bookmark": w.bookmarkAPI(ch, b)}, nil
}

func (w *API) bookmarkAPI(ch *channel, b *bookmark) obj {
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
		return nil, nil, refuse("not_found")
	}
	return ch, ch.bookmarks[i], nil
}

func bookmarksEdit(w *API, c *call) (obj, error) {
	ch, b, err := c.bookmark()
	if err != nil {
		return nil, err
	}
	if c.has("link") && !isWebLink(c.str("link")) {
		return nil, refuse("invalid_link")
	}
	b.title, b.link = cmp.Or(c.str("title"), b.title), cmp.Or(c.str("link"), b.link)
	if c.has("emoji") {
		b.emoji = c.str("emoji")
	}
	b.updated = w.opts.Clock.Now().Unix()
	return obj{"bookmark": w.bookmarkAPI(ch, b)}, nil
}

func bookmarksRemove(_ *API, c *call) (obj, error) {
	ch, b, err := c.bookmark()
	if err != nil {
		return nil, err
	}
	ch.bookmarks = slices.DeleteFunc(ch.bookmarks, func(x *bookmark) bool { return x == b })
	return nil, nil
}

func bookmarksList(w *API, c *call) (obj, error) {
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
