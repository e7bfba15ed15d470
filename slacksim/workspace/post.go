package workspace

// Post puts a message into its channel and tells everybody concerned.
func (w *Workspace) Post(c *Channel, m *Message) *Message {
	m.Channel = c.ID
	if m.TS == "" {
		m.TS = w.NewTS()
	}
	c.insert(m)
	w.Pages.Message("message", c, m)
	if parent := c.ByTS[m.ThreadTS]; m.ThreadTS != "" && parent != nil && m.Ephemeral == "" {
		w.Pages.Message("message_changed", c, parent)
	}
	w.Waiters.message(c, m)
	w.raiseMessage(c, m)
	return m
}

// PostDraft posts as the bot; the first part of a split text stands for it.
func (w *Workspace) PostDraft(route string, c *Channel, d Draft) *Message {
	w.CheckThread(route, c, d.ThreadTS)
	var first *Message
	for i, text := range w.parts(route, &d) {
		m := &Message{
			User: w.App.BotUser, BotID: w.App.BotID, BotName: d.Username, Plain: text, Blocks: d.Blocks,
			Attachments: d.Attachments, Metadata: d.Metadata, ThreadTS: d.ThreadTS,
		}
		if i > 0 {
			m.Attachments, m.Metadata = nil, nil
		}
		if d.Broadcast && d.ThreadTS != "" {
			m.Broadcast, m.Subtype = true, "thread_broadcast" // SF-7.3
		}
		w.Post(c, m)
		if first == nil {
			first = m
		}
	}
	return first
}

// CheckThread records a thread_ts that is no parent's; Slack posts anyway
// (SF-6.11).
func (w *Workspace) CheckThread(route string, c *Channel, ts string) {
	if ts == "" {
		return
	}
	parent := c.ByTS[ts]
	switch {
	case parent == nil:
		w.Violate(violationUnknownThread, "%s: no message %s in %s to reply to", route, ts, w.ChannelLabel(c))
	case parent.ThreadTS != "":
		w.Violate(violationUnknownThread, "%s: thread_ts %s is a reply, not the parent", route, ts)
	}
}

// Change applies edit to a message and tells everybody concerned.
func (w *Workspace) Change(c *Channel, m *Message, edit func()) {
	before := m.Snapshot()
	edit()
	w.Pages.Message("message_changed", c, m)
	w.Waiters.message(c, m)
	w.raiseChanged(c, m, before)
}

// SubtypeTombstone marks what is left of a deleted parent: it cannot be edited.
const SubtypeTombstone = "tombstone"

// Erase deletes a message; a parent with replies leaves a tombstone.
func (w *Workspace) Erase(c *Channel, m *Message) {
	w.raiseDeleted(c, m)
	if m.ReplyCount > 0 {
		m.Plain, m.Subtype, m.Blocks, m.Attachments, m.Metadata = "This message was deleted.", SubtypeTombstone, nil, nil, nil
		m.Files, m.Reactions = nil, nil
		w.Pages.Message("message_changed", c, m)
		return
	}
	c.remove(m)
	w.Pages.Message("message_deleted", c, m)
	if parent := c.ByTS[m.ThreadTS]; m.ThreadTS != "" && parent != nil {
		w.Pages.Message("message_changed", c, parent)
	}
}
