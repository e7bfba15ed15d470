package slacksim

import "opsbot/slacksim/workspace"

// Messages lists a channel's messages, oldest first: roots, broadcasts and
// ephemerals. The channel is "#incidents", an id, or "@dba" for the bot's DM.
func (w *Workspace) Messages(channel string) []Message {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	c := w.Conversation(channel)
	if c == nil {
		return nil
	}
	return snapshots(c.Timeline)
}

// Thread lists the replies to a message, oldest first, without the parent.
func (w *Workspace) Thread(channel, ts string) []Message {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	c := w.Conversation(channel)
	if c == nil {
		return nil
	}
	return snapshots(c.Threads[ts])
}

// DMs lists the messages between the bot and a person, oldest first.
func (w *Workspace) DMs(who string) []Message {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	u := w.People.Find(who)
	if u == nil {
		return nil
	}
	c := w.FindDM(w.App.BotUser, u.ID)
	if c == nil {
		return nil
	}
	all := c.All()
	workspace.SortMessages(all)
	return snapshots(all)
}

// Message returns the current state of a message.
func (w *Workspace) Message(channel, ts string) (Message, bool) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	c := w.Conversation(channel)
	if c == nil || c.ByTS[ts] == nil {
		return Message{}, false
	}
	return c.ByTS[ts].Snapshot(), true
}

func snapshots(list []*Message) []Message {
	out := make([]Message, 0, len(list))
	for _, m := range list {
		out = append(out, m.Snapshot())
	}
	return out
}
