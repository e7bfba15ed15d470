package slacksim

func (w *Workspace) pageMessage(kind string, c *channel, m *Message) {
	w.pages.each(func(user string) obj {
		if !c.visibleTo(user) || m.Ephemeral != "" && m.Ephemeral != user {
			return nil
		}
		return obj{"type": kind, "channel": c.id, "message": w.messagePage(m)}
	})
}

func (w *Workspace) pageDeleted(c *channel, m *Message) {
	w.pages.each(func(user string) obj {
		if !c.visibleTo(user) || m.Ephemeral != "" && m.Ephemeral != user {
			return nil
		}
		return obj{"type": "message_deleted", "channel": c.id, "ts": m.TS}
	})
}

func (w *Workspace) pageChannel(c *channel) {
	w.pages.each(func(user string) obj {
		if !c.visibleTo(user) {
			return nil
		}
		return obj{"type": "channel", "channel": w.channelPage(c, user)}
	})
}
