package slacksim

// Messages lists a channel's messages, oldest first: roots, broadcasts and
// ephemerals. The channel is "#incidents", an id, or "@dba" for the bot's DM.
func (w *Workspace) Messages(channel string) []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.conversation(channel)
	if c == nil {
		return nil
	}
	return snapshots(c.timeline)
}

// Thread lists the replies to a message, oldest first, without the parent.
func (w *Workspace) Thread(channel, ts string) []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.conversation(channel)
	if c == nil {
		return nil
	}
	return snapshots(c.threads[ts])
}

// DMs lists the messages between the bot and a person, oldest first.
func (w *Workspace) DMs(who string) []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	u := w.people.find(who)
	if u == nil {
		return nil
	}
	c := w.findDM(w.app.botUser, u.id)
	if c == nil {
		return nil
	}
	all := c.all()
	sortMessages(all)
	return snapshots(all)
}

// Message returns the current state of a message.
func (w *Workspace) Message(channel, ts string) (Message, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.conversation(channel)
	if c == nil || c.byTS[ts] == nil {
		return Message{}, false
	}
	return c.byTS[ts].snapshot(), true
}

func snapshots(list []*Message) []Message {
	out := make([]Message, 0, len(list))
	for _, m := range list {
		out = append(out, m.snapshot())
	}
	return out
}
