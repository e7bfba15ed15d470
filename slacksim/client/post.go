package client

import (
	"fmt"
	"slices"

	"opsbot/slacksim/workspace"
)

// Say posts a person's message.
func (w *Client) Say(u *workspace.Person, c *workspace.Channel, threadTS, text string) (*workspace.Message, error) {
	switch {
	case c.Archived:
		return nil, fmt.Errorf("%s is archived", w.ChannelLabel(c))
	case !c.Has(u.ID):
		return nil, fmt.Errorf("%s is not in %s", u.Name, w.ChannelLabel(c))
	case workspace.IsBlank(text):
		return nil, fmt.Errorf("the message is empty")
	case threadTS != "" && c.ByTS[threadTS] == nil:
		return nil, fmt.Errorf("there is no message %s to reply to", threadTS)
	}
	if parent := c.ByTS[threadTS]; parent != nil && parent.ThreadTS != "" {
		threadTS = parent.ThreadTS
	}
	return w.Post(c, &workspace.Message{User: u.ID, Plain: w.typed(text), ThreadTS: threadTS}), nil
}

// React adds or removes a person's emoji.
func (w *Client) React(u *workspace.Person, c *workspace.Channel, m *workspace.Message, name string, remove bool) error {
	event, changed := "reaction_added", false
	if remove {
		event, changed = "reaction_removed", m.Unreact(name, u.ID)
	} else if workspace.ValidEmoji(name) {
		changed = m.React(name, u.ID)
	}
	if !changed {
		return fmt.Errorf("%s changes nothing about the reaction %q", u.Name, name)
	}
	w.Reacted(event, c, m, name, u.ID)
	return nil
}

// VisibleMessage finds a message that the person can see.
func (w *Client) VisibleMessage(u *workspace.Person, channelID, ts string) (*workspace.Channel, *workspace.Message, error) {
	c := w.Channels.Find(channelID)
	if c == nil || !c.VisibleTo(u.ID) {
		return nil, nil, fmt.Errorf("no channel %q", channelID)
	}
	m := c.ByTS[ts]
	if m == nil || m.Ephemeral != "" && m.Ephemeral != u.ID {
		return nil, nil, fmt.Errorf("no message %s in %s", ts, w.ChannelLabel(c))
	}
	return c, m, nil
}

// Invite lets a person take others, the bot too, into a channel.
func (w *Client) Invite(c *workspace.Channel, inviter *workspace.Person, ids ...string) {
	for _, id := range ids {
		if !slices.Contains(c.Members, id) {
			w.JoinChannel(c, id, inviter.ID)
		}
	}
}
