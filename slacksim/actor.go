package slacksim

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// Actor plays one person of the workspace. Its calls block until the app has
// acked or its 3 s are over; the error is then what the person would see:
// dispatch_failed, operation_timeout or invalid_command_response for commands,
// a trouble message for modals (SF-1.28).
//
// Channels are given as "#incidents", a channel id, or "@bot" for the DM with
// the app.
type Actor struct {
	w *Workspace
	u *person
}

// User returns the actor for a key ("dba"), handle, real name, e-mail or id.
// It panics if there is nobody by that name: that is a mistake in the test.
func (w *Workspace) User(who string) *Actor {
	w.mu.Lock()
	defer w.mu.Unlock()
	u := w.people.find(who)
	if u == nil {
		panic(fmt.Sprintf("slacksim: no user %q", who))
	}
	return &Actor{w: w, u: u}
}

// ID is the person's user id.
func (a *Actor) ID() string { return a.u.id }

// Name is the person's handle.
func (a *Actor) Name() string { return a.u.name }

// Email is the person's e-mail address.
func (a *Actor) Email() string { return a.u.email }

// ChannelID returns the id of "#incidents" or "@person" (the bot's DM), "" if
// there is none.
func (w *Workspace) ChannelID(name string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.conversation(name); c != nil {
		return c.id
	}
	return ""
}

// where resolves a channel as the person sees it.
func (a *Actor) where(name string) (*channel, error) {
	if handle, ok := strings.CutPrefix(name, "@"); ok {
		other := a.w.people.find(handle)
		if handle == "bot" {
			other = a.w.people.byID[a.w.app.botUser]
		}
		if other == nil {
			return nil, fmt.Errorf("no user %q", name)
		}
		return a.w.openDM(a.u.id, other.id), nil
	}
	c := a.w.channels.find(name)
	if c == nil || !c.visibleTo(a.u.id) {
		return nil, fmt.Errorf("%s sees no channel %q", a.u.name, name)
	}
	return c, nil
}

// Command types a slash command, such as "/scale user 5".
func (a *Actor) Command(channel, text string) error {
	_, err := a.start(func() (pending, error) {
		c, err := a.where(channel)
		if err != nil {
			return nil, err
		}
		return a.w.client.runCommand(a.u, c, text)
	})
	return err
}

// start runs f with the lock held and waits for what it sent.
func (a *Actor) start(f func() (pending, error)) (json.RawMessage, error) {
	a.w.mu.Lock()
	sent, err := f()
	a.w.mu.Unlock()
	if err != nil || sent == nil {
		return nil, err
	}
	return sent.wait()
}

// Post writes a message. "@name" and "#channel" become references.
func (a *Actor) Post(channel, text string) (Message, error) { return a.Reply(channel, "", text) }

// Reply writes into a thread.
func (a *Actor) Reply(channel, threadTS, text string) (Message, error) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	c, err := a.where(channel)
	if err != nil {
		return Message{}, err
	}
	m, err := a.w.client.say(a.u, c, threadTS, text)
	if err != nil {
		return Message{}, err
	}
	return m.snapshot(), nil
}

// Mention writes "@bot text", in a thread if threadTS is given.
func (a *Actor) Mention(channel, threadTS, text string) (Message, error) {
	return a.Reply(channel, threadTS, "<@"+a.w.app.botUser+"> "+text)
}

// Click presses the button of a message whose action_id, label or value is
// which. The newest state of the message counts, not the snapshot.
func (a *Actor) Click(m Message, which string) error {
	return a.onMessage(m, which, nil)
}

// Select picks a value in a select, radio group, overflow menu or date picker
// of a message: an option's value or label, or a user, channel, date or time.
func (a *Actor) Select(m Message, which string, values ...string) error {
	if len(values) == 0 {
		values = []string{""}
	}
	return a.onMessage(m, which, values)
}

func (a *Actor) onMessage(m Message, which string, values []string) error {
	_, err := a.start(func() (pending, error) {
		_, live, err := a.w.client.visibleMessage(a.u, m.Channel, m.TS)
		if err != nil {
			return nil, err
		}
		return a.press(press{user: a.u, message: live}, which, values)
	})
	return err
}

// Shortcut runs a global shortcut.
func (a *Actor) Shortcut(callbackID string) error {
	_, err := a.start(func() (pending, error) { return a.w.client.runShortcut(a.u, callbackID, nil, nil) })
	return err
}

// MessageShortcut runs a shortcut on a message.
func (a *Actor) MessageShortcut(m Message, callbackID string) error {
	_, err := a.start(func() (pending, error) {
		c, live, err := a.w.client.visibleMessage(a.u, m.Channel, m.TS)
		if err != nil {
			return nil, err
		}
		return a.w.client.runShortcut(a.u, callbackID, c, live)
	})
	return err
}

// React puts an emoji on a message.
func (a *Actor) React(m Message, name string) error { return a.react(m, name, false) }

// Unreact takes the person's emoji off a message.
func (a *Actor) Unreact(m Message, name string) error { return a.react(m, name, true) }

func (a *Actor) react(m Message, name string, remove bool) error {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	c, live, err := a.w.client.visibleMessage(a.u, m.Channel, m.TS)
	if err != nil {
		return err
	}
	return a.w.client.reactAs(a.u, c, live, name, remove)
}

// OpenHome opens the app's Home tab. What the app publishes then is had from
// WaitHome.
func (a *Actor) OpenHome() error {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	return a.w.client.openHome(a.u)
}

// Invite takes people, or the bot as "@bot", into a channel.
func (a *Actor) Invite(channel string, people ...string) error {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	c, err := a.where(channel)
	if err != nil {
		return err
	}
	for _, who := range people {
		u := a.w.people.find(who)
		if strings.TrimPrefix(who, "@") == "bot" {
			u = a.w.people.byID[a.w.app.botUser]
		}
		if u == nil {
			return fmt.Errorf("no user %q", who)
		}
		a.w.client.invite(c, a.u, u.id)
	}
	return nil
}

// WaitMessage waits for a message that this person can see.
func (a *Actor) WaitMessage(ctx context.Context, match ...Match) (Message, error) {
	visible := func(_ *Workspace, c *channel, m *Message) bool {
		return c.visibleTo(a.u.id) && (m.Ephemeral == "" || m.Ephemeral == a.u.id)
	}
	return a.w.WaitMessage(ctx, append([]Match{visible}, match...)...)
}
