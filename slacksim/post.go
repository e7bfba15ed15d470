package slacksim

// post puts a message into its channel and tells everybody concerned.
func (w *core) post(c *channel, m *message) *message {
	m.Channel = c.id
	if m.TS == "" {
		m.TS = w.newTS()
	}
	c.insert(m)
	w.pages.Message("message", c, m)
	if parent := c.byTS[m.ThreadTS]; m.ThreadTS != "" && parent != nil && m.Ephemeral == "" {
		w.pages.Message("message_changed", c, parent)
	}
	w.waiters.message(c, m)
	w.raiseMessage(c, m)
	return m
}

// postDraft posts as the bot; the first part of a split text stands for it.
func (w *core) postDraft(route string, c *channel, d draft) *message {
	w.checkThread(route, c, d.threadTS)
	var first *message
	for i, text := range w.parts(route, &d) {
		m := &message{
			User: w.app.botUser, BotID: w.app.botID, BotName: d.username, Plain: text, Blocks: d.blocks,
			Attachments: d.attachments, Metadata: d.metadata, ThreadTS: d.threadTS,
		}
		if i > 0 {
			m.Attachments, m.Metadata = nil, nil
		}
		if d.broadcast && d.threadTS != "" {
			m.Broadcast, m.Subtype = true, "thread_broadcast" // SF-7.3
		}
		w.post(c, m)
		if first == nil {
			first = m
		}
	}
	return first
}

// checkThread records a thread_ts that is no parent's; Slack posts anyway
// (SF-6.11).
func (w *core) checkThread(route string, c *channel, ts string) {
	if ts == "" {
		return
	}
	parent := c.byTS[ts]
	switch {
	case parent == nil:
		w.violate(violationUnknownThread, "%s: no message %s in %s to reply to", route, ts, w.channelLabel(c))
	case parent.ThreadTS != "":
		w.violate(violationUnknownThread, "%s: thread_ts %s is a reply, not the parent", route, ts)
	}
}

// change applies edit to a message and tells everybody concerned.
func (w *core) change(c *channel, m *message, edit func()) {
	before := m.snapshot()
	edit()
	w.pages.Message("message_changed", c, m)
	w.waiters.message(c, m)
	w.raiseChanged(c, m, before)
}

// subtypeTombstone marks what is left of a deleted parent: it cannot be edited.
const subtypeTombstone = "tombstone"

// erase deletes a message; a parent with replies leaves a tombstone.
func (w *core) erase(c *channel, m *message) {
	w.raiseDeleted(c, m)
	if m.ReplyCount > 0 {
		m.Plain, m.Subtype, m.Blocks, m.Attachments, m.Metadata = "This message was deleted.", subtypeTombstone, nil, nil, nil
		m.Files, m.Reactions = nil, nil
		w.pages.Message("message_changed", c, m)
		return
	}
	c.remove(m)
	w.pages.Message("message_deleted", c, m)
	if parent := c.byTS[m.ThreadTS]; m.ThreadTS != "" && parent != nil {
		w.pages.Message("message_changed", c, parent)
	}
}
