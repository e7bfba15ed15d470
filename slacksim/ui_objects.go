package slacksim

import (
	"strings"
)

// The objects of web/API.md.

func (w *Server) userPage(u *person) obj {
	return obj{
		"id": u.id, "name": u.name, "real_name": u.realName, "title": u.title, "color": u.colour,
		"is_bot": u.bot || u.id == slackbot, "locale": u.locale, "deactivated": u.deactivated,
	}
}

func (w *Server) channelPage(c *channel, user string) obj {
	o := obj{
		"id": c.id, "name": c.name, "is_private": c.private && !c.isIM(), "is_im": c.isIM(), "user": nil, "topic": c.topic,
		"members": append([]string{}, c.members...), "archived": c.archived,
	}
	if c.isIM() {
		o["user"] = c.other(user)
	}
	o["unread"], o["mentions"] = unread(c, user)
	return o
}

// unread counts what the person has not read: messages and those that name
// them, which in a DM are all.
func unread(c *channel, user string) (messages, mentions int) {
	read := c.lastRead[user]
	for i := len(c.timeline) - 1; i >= 0 && c.timeline[i].TS > read; i-- {
		m := c.timeline[i]
		if m.User == user || m.Ephemeral != "" && m.Ephemeral != user {
			continue
		}
		messages++
		if c.isIM() || strings.Contains(m.Plain, "<@"+user) {
			mentions++
		}
	}
	return messages, mentions
}

func (w *Server) messagePage(m *message) obj {
	o := obj{
		"ts": m.TS, "channel": m.Channel, "user": m.User, "bot_name": m.BotName, "text": m.Plain, "blocks": m.Blocks,
		"attachments": m.Attachments, "thread_ts": m.ThreadTS, "reply_count": m.ReplyCount,
		"reply_users": append([]string{}, m.ReplyUsers...), "latest_reply": m.LatestReply, "edited": m.EditedAt != "",
		"ephemeral": m.Ephemeral != "", "subtype": m.Subtype, "reactions": append([]reaction{}, m.Reactions...),
		"metadata": m.Metadata, "pinned": m.Pinned,
	}
	if m.BotID != "" && m.BotName == "" {
		o["bot_name"] = w.manifest.botName()
	}
	files := []obj{}
	for i := range m.Files {
		f := &m.Files[i]
		files = append(files, obj{
			"id": f.ID, "name": f.Name, "title": f.Title, "mimetype": f.Mimetype, "size": len(f.Content),
			"url": w.fileURL(f), "preview": f.preview(),
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

func panelJSON(groups []panelGroup) []obj {
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

func (w *Server) statePage(u *person) obj {
	users, list := []obj{}, []obj{}
	for _, p := range w.people.list {
		users = append(users, w.userPage(p))
	}
	for _, c := range w.channels.list {
		if c.visibleTo(u.id) {
			list = append(list, w.channelPage(c, u.id))
		}
	}
	shortcuts, commands := []obj{}, []obj{}
	for _, s := range w.manifest.Features.Shortcuts {
		shortcuts = append(shortcuts, obj{"name": s.Name, "type": s.Type, "callback_id": s.CallbackID})
	}
	for _, c := range w.manifest.Features.SlashCommands {
		commands = append(commands, obj{"command": c.Command, "description": c.Description, "usage_hint": c.UsageHint})
	}
	return obj{
		"team": obj{"id": w.team.id, "name": w.team.name}, "me": w.userPage(u), "users": users, "channels": list,
		"app": obj{
			"id": w.app.id, "name": w.app.name, "bot_user": w.app.botUser,
			"home_enabled": w.manifest.Features.AppHome.HomeTabEnabled, "shortcuts": shortcuts,
		},
		"commands": commands, "faults": w.faultsJSON(), "panel": panelJSON(w.panel), "connections": w.connections,
	}
}
