package slacksim

// Message shows what became of a message to those who may see it.
func (w *Server) Message(event string, c *channel, m *message) {
	w.each(func(user string) obj {
		if !c.visibleTo(user) || m.Ephemeral != "" && m.Ephemeral != user {
			return nil
		}
		if event == "message_deleted" {
			return obj{"type": event, "channel": c.id, "ts": m.TS}
		}
		return obj{"type": event, "channel": c.id, "message": w.messagePage(m)}
	})
}

// Channel shows a channel as it is now.
func (w *Server) Channel(c *channel) {
	w.each(func(user string) obj {
		if !c.visibleTo(user) {
			return nil
		}
		return obj{"type": "channel", "channel": w.channelPage(c, user)}
	})
}

// View shows a modal or a Home tab to its person.
func (w *Server) View(event string, v *view) {
	w.Send(v.user, obj{"type": event, "view": w.viewAPI(v)})
}

// Send sends an event to the pages of one user, or of all.
func (w *Server) Send(user string, event obj) {
	w.each(func(u string) obj {
		if user != "" && u != user {
			return nil
		}
		return event
	})
}
