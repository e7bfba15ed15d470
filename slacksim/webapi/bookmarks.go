package webapi

import (
	"cmp"
	"slices"
	"strings"

	"opsbot/slacksim/workspace"
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
	case len(ch.Bookmarks) >= maxBookmarks:
		return nil, refuse("too_many_bookmarks")
	}
	now := w.Options.Clock.Now().Unix()
	b := &workspace.Bookmark{ID: w.NewID("Bk"), Title: title, Link: c.str("link"), Emoji: c.str("emoji"), Created: now}
	ch.Bookmarks = append(ch.Bookmarks, b)
	return obj{"bookmark": w.bookmarkAPI(ch, b)}, nil
}

func (w *API) bookmarkAPI(ch *workspace.Channel, b *workspace.Bookmark) obj {
	return obj{
		"id": b.ID, "channel_id": ch.ID, "title": b.Title, "link": b.Link, "emoji": b.Emoji, "icon_url": "", "type": "link",
		"date_created": b.Created, "date_updated": b.Updated, "rank": "i", "last_updated_by_user_id": w.App.BotUser,
		"last_updated_by_team_id": w.Team.ID, "app_id": w.App.ID,
	}
}

func (c *call) bookmark() (*workspace.Channel, *workspace.Bookmark, error) {
	ch, err := c.memberChannel("channel_id")
	if err != nil {
		return nil, nil, err
	}
	id := c.str("bookmark_id")
	i := slices.IndexFunc(ch.Bookmarks, func(b *workspace.Bookmark) bool { return b.ID == id })
	if i < 0 {
		return nil, nil, refuse("not_found")
	}
	return ch, ch.Bookmarks[i], nil
}

func bookmarksEdit(w *API, c *call) (obj, error) {
	ch, b, err := c.bookmark()
	if err != nil {
		return nil, err
	}
	if c.has("link") && !isWebLink(c.str("link")) {
		return nil, refuse("invalid_link")
	}
	b.Title, b.Link = cmp.Or(c.str("title"), b.Title), cmp.Or(c.str("link"), b.Link)
	if c.has("emoji") {
		b.Emoji = c.str("emoji")
	}
	b.Updated = w.Options.Clock.Now().Unix()
	return obj{"bookmark": w.bookmarkAPI(ch, b)}, nil
}

func bookmarksRemove(_ *API, c *call) (obj, error) {
	ch, b, err := c.bookmark()
	if err != nil {
		return nil, err
	}
	ch.Bookmarks = slices.DeleteFunc(ch.Bookmarks, func(x *workspace.Bookmark) bool { return x == b })
	return nil, nil
}

func bookmarksList(w *API, c *call) (obj, error) {
	ch, err := c.memberChannel("channel_id")
	if err != nil {
		return nil, err
	}
	list := []obj{}
	for _, b := range ch.Bookmarks {
		list = append(list, w.bookmarkAPI(ch, b))
	}
	return obj{"bookmarks": list}, nil
}
