package page

import (
	"strings"

	"opsbot/slacksim/workspace"
)

// The objects of web/API.md.

func (w *Server) userPage(u *workspace.Person) obj {
	return obj{
		"id": u.ID, "name": u.Name, "real_name": u.RealName, "title": u.Title, "color": u.Colour,
		"is_bot": u.Bot || u.ID == workspace.Slackbot, "locale": u.Locale, "deactivated": u.Deactivated,
	}
}

func (w *Server) channelPage(c *workspace.Channel, user string) obj {
	o := obj{
		"id": c.ID, "name": c.Name, "is_private": c.Private && !c.IsIM(), "is_im": c.IsIM(), "user": nil, "topic": c.Topic,
		"members": append([]string{}, c.Members...), "archived": c.Archived,
	}
	if c.IsIM() {
		o["user"] = c.Other(user)
	}
	o["unread"], o["mentions"] = unread(c, user)
	return o
}

// unread counts what the person has not read: messages and those that name
// them, which in a DM are all.
func unread(c *workspace.Channel, user string) (messages, mentions int) {
	read := c.LastRead[user]
	for i := len(c.Timeline) - 1; i >= 0 && c.Timeline[i].TS > read; i-- {
		m := c.Timeline[i]
		if m.User == user || m.Ephemeral != "" && m.Ephemeral != user {
			continue
		}
		messages++
		if c.IsIM() || strings.Contains(m.Plain, "<@"+user) {
			mentions++
		}
	}
	return messages, mentions
}

func (w *Server) messagePage(m *workspace.Message) obj {
	o := obj{
		"ts": m.TS, "channel": m.Channel, "user": m.User, "bot_name": m.BotName, "text": m.Plain, "blocks": m.Blocks,
		"attachments": m.Attachments, "thread_ts": m.ThreadTS, "reply_count": m.ReplyCount,
		"reply_users": append([]string{}, m.ReplyUsers...), "latest_reply": m.LatestReply, "edited": m.EditedAt != "",
		"ephemeral": m.Ephemeral != "", "subtype": m.Subtype, "reactions": append([]workspace.Reaction{}, m.Reactions...),
		"metadata": m.Metadata, "pinned": m.Pinned,
	}
	if m.BotID != "" && m.BotName == "" {
		o["bot_name"] = w.Manifest.BotName()
	}
	files := []obj{}
	for i := range m.Files {
		f := &m.Files[i]
		files = append(files, obj{
			"id": f.ID, "name": f.Name, "title": f.Title, "mimetype": f.Mimetype, "size": len(f.Content),
			"url": w.FileURL(f), "preview": f.Preview(),
		})
	}
	o["files"] = files
	for _, key := range []string{"blocks", "attachments", "metadata"} {
		if raw := map[string][]byte{"blocks": m.Blocks, "attachments": m.Attachments, "metadata": m.Metadata}[key]; len(raw) == 0 {
			o[key] = nil
		}
	}
	return o
}

func panelJSON(groups []workspace.PanelGroup) []obj {
	out := []obj{}
	for _, g := range groups {
		actions := []obj{}
		for _, a := range g.Actions {
			actions = append(actions, obj{"id": a.ID, "title": a.Title, "description": a.Description, "style": a.Style})
		}
		out = append(out, obj{"title": g.Title, "actions": actions})
	}
	return out
}

func (w *Server) statePage(u *workspace.Person) obj {
	users, list := []obj{}, []obj{}
	for _, p := range w.People.List {
		users = append(users, w.userPage(p))
	}
	for _, c := range w.Channels.List {
		if c.VisibleTo(u.ID) {
			list = append(list, w.channelPage(c, u.ID))
		}
	}
	shortcuts, commands := []obj{}, []obj{}
	for _, s := range w.Manifest.Features.Shortcuts {
		shortcuts = append(shortcuts, obj{"name": s.Name, "type": s.Type, "callback_id": s.CallbackID})
	}
	for _, c := range w.Manifest.Features.SlashCommands {
		commands = append(commands, obj{"command": c.Command, "description": c.Description, "usage_hint": c.UsageHint})
	}
	return obj{
		"team": obj{"id": w.Team.ID, "name": w.Team.Name}, "me": w.userPage(u), "users": users, "channels": list,
		"app": obj{
			"id": w.App.ID, "name": w.App.Name, "bot_user": w.App.BotUser,
			"home_enabled": w.Manifest.Features.AppHome.HomeTabEnabled, "shortcuts": shortcuts,
		},
		"commands": commands, "faults": w.FaultsJSON(), "panel": panelJSON(w.panel), "connections": w.Connected,
	}
}
