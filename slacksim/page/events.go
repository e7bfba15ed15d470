package page

import "opsbot/slacksim/workspace"

// Message shows what became of a message to those who may see it.
func (w *Server) Message(event string, c *workspace.Channel, m *workspace.Message) {
	w.each(func(user string) obj {
		if !c.VisibleTo(user) || m.Ephemeral != "" && m.Ephemeral != user {
			return nil
		}
		if event == "message_deleted" {
			return obj{"type": event, "channel": c.ID, "ts": m.TS}
		}
		return obj{"type": event, "channel": c.ID, "message": w.messagePage(m)}
	})
}

// Channel shows a channel as it is now.
func (w *Server) Channel(c *workspace.Channel) {
	w.each(func(user string) obj {
		if !c.VisibleTo(user) {
			return nil
		}
		return obj{"type": "channel", "channel": w.channelPage(c, user)}
	})
}

// View shows a modal or a Home tab to its person.
func (w *Server) View(event string, v *workspace.View) {
	w.Send(v.User, obj{"type": event, "view": w.ViewAPI(v)})
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
