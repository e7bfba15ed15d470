package slacksim

import (
	"strings"

	"opsbot/slacksim/workspace"
)

// Match accepts or refuses a message.
type Match func(w *Workspace, c *workspace.Channel, m *Message) bool

func matches(w *Workspace, c *workspace.Channel, m *Message, all []Match) bool {
	for _, match := range all {
		if !match(w, c, m) {
			return false
		}
	}
	return true
}

// In accepts messages of a channel: "#incidents", a channel id, or "@dba" for
// the bot's DM with that person.
func In(name string) Match {
	return func(w *Workspace, c *workspace.Channel, _ *Message) bool { return w.Conversation(name) == c }
}

// Either accepts what one of two accepts.
func Either(a, b Match) Match {
	return func(w *Workspace, c *workspace.Channel, m *Message) bool { return a(w, c, m) || b(w, c, m) }
}

// InThread accepts the replies to the message with this ts.
func InThread(ts string) Match {
	return func(_ *Workspace, _ *workspace.Channel, m *Message) bool { return m.ThreadTS == ts }
}

// Root accepts messages that are no replies.
func Root() Match {
	return func(_ *Workspace, _ *workspace.Channel, m *Message) bool { return m.ThreadTS == "" }
}

// Containing accepts messages with the text anywhere: top level, blocks,
// attachments, buttons.
func Containing(text string) Match {
	return func(_ *Workspace, _ *workspace.Channel, m *Message) bool { return strings.Contains(m.Text(), text) }
}

// EphemeralTo accepts ephemeral messages for this person.
func EphemeralTo(who string) Match {
	return func(w *Workspace, _ *workspace.Channel, m *Message) bool {
		u := w.People.Find(who)
		return u != nil && m.Ephemeral == u.ID
	}
}

// From accepts messages by this person or by the bot (its name or user id).
func From(who string) Match {
	return func(w *Workspace, _ *workspace.Channel, m *Message) bool {
		u := w.People.Find(who)
		return u != nil && m.User == u.ID
	}
}

// FromBot accepts the app's messages.
func FromBot() Match {
	return func(w *Workspace, _ *workspace.Channel, m *Message) bool { return m.Own(w.App.BotID) }
}

// After accepts messages posted after the one with this ts.
func After(ts string) Match {
	return func(_ *Workspace, _ *workspace.Channel, m *Message) bool { return m.TS > ts }
}

// Where accepts messages that the function accepts. It must not call the
// Workspace.
func Where(accept func(Message) bool) Match {
	return func(_ *Workspace, _ *workspace.Channel, m *Message) bool { return accept(m.Snapshot()) }
}
