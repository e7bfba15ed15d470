package slacksim

import (
	"fmt"
	"slices"
)

// say posts a person's message.
func (w *Client) say(u *person, c *channel, threadTS, text string) (*message, error) {
	switch {
	case c.archived:
		return nil, fmt.Errorf("%s is archived", w.channelLabel(c))
	case !c.has(u.id):
		return nil, fmt.Errorf("%s is not in %s", u.name, w.channelLabel(c))
	case isBlank(text):
		return nil, fmt.Errorf("the message is empty")
	case threadTS != "" && c.byTS[threadTS] == nil:
		return nil, fmt.Errorf("there is no message %s to reply to", threadTS)
	}
	if parent := c.byTS[threadTS]; parent != nil && parent.ThreadTS != "" {
		threadTS = parent.ThreadTS
	}
	return w.post(c, &message{User: u.id, Plain: w.typed(text), ThreadTS: threadTS}), nil
}

// reactAs adds or removes a person's emoji.
func (w *Client) reactAs(u *person, c *channel, m *message, name string, remove bool) error {
	event, changed := "reaction_added", false
	if remove {
		event, changed = "reaction_removed", m.unreact(name, u.id)
	} else if validEmoji(name) {
		changed = m.react(name, u.id)
	}
	if !changed {
		return fmt.Errorf("%s changes nothing about the reaction %q", u.name, name)
	}
	w.reacted(event, c, m, name, u.id)
	return nil
}

// visibleMessage finds a message that the person can see.
func (w *Client) visibleMessage(u *person, channelID, ts string) (*channel, *message, error) {
	c := w.channels.find(channelID)
	if c == nil || !c.visibleTo(u.id) {
		return nil, nil, fmt.Errorf("no channel %q", channelID)
	}
	m := c.byTS[ts]
	if m == nil || m.Ephemeral != "" && m.Ephemeral != u.id {
		return nil, nil, fmt.Errorf("no message %s in %s", ts, w.channelLabel(c))
	}
	return c, m, nil
}

// invite lets a person take others, the bot too, into a channel.
func (w *Client) invite(c *channel, inviter *person, ids ...string) {
	for _, id := range ids {
		if !slices.Contains(c.members, id) {
			w.joinChannel(c, id, inviter.id)
		}
	}
}
