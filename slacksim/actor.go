package slacksim

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"opsbot/slacksim/client"
	"opsbot/slacksim/workspace"
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
	u *workspace.Person
}

// User returns the actor for a key ("dba"), handle, real name, e-mail or id.
// It panics if there is nobody by that name: that is a mistake in the test.
func (w *Workspace) User(who string) *Actor {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	u := w.People.Find(who)
	if u == nil {
		panic(fmt.Sprintf("slacksim: no user %q", who))
	}
	return &Actor{w: w, u: u}
}

// ID is the person's user id.
func (a *Actor) ID() string { return a.u.ID }

// Name is the person's handle.
func (a *Actor) Name() string { return a.u.Name }

// Email is the person's e-mail address.
func (a *Actor) Email() string { return a.u.Email }

// ChannelID returns the id of "#incidents" or "@person" (the bot's DM), "" if
// there is none.
func (w *Workspace) ChannelID(name string) string {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	if c := w.Conversation(name); c != nil {
		return c.ID
	}
	return ""
}

// where resolves a channel as the person sees it.
func (a *Actor) where(name string) (*workspace.Channel, error) {
	if handle, ok := strings.CutPrefix(name, "@"); ok {
		other := a.w.People.Find(handle)
		if handle == "bot" {
			other = a.w.People.ByID[a.w.App.BotUser]
		}
		if other == nil {
			return nil, fmt.Errorf("no user %q", name)
		}
		return a.w.OpenDM(a.u.ID, other.ID), nil
	}
	c := a.w.Channels.Find(name)
	if c == nil || !c.VisibleTo(a.u.ID) {
		return nil, fmt.Errorf("%s sees no channel %q", a.u.Name, name)
	}
	return c, nil
}

// Command types a slash command, such as "/scale user 5".
func (a *Actor) Command(channel, text string) error {
	_, err := a.start(func() (client.Pending, error) {
		c, err := a.where(channel)
		if err != nil {
			return nil, err
		}
		return a.w.client.Command(a.u, c, text)
	})
	return err
}

// start runs f with the lock held and waits for what it sent.
func (a *Actor) start(f func() (client.Pending, error)) (json.RawMessage, error) {
	a.w.Mu.Lock()
	sent, err := f()
	a.w.Mu.Unlock()
	if err != nil || sent == nil {
		return nil, err
	}
	return sent.Wait()
}

// Post writes a message. "@name" and "#channel" become references.
func (a *Actor) Post(channel, text string) (Message, error) { return a.Reply(channel, "", text) }

// Reply writes into a thread.
func (a *Actor) Reply(channel, threadTS, text string) (Message, error) {
	a.w.Mu.Lock()
	defer a.w.Mu.Unlock()
	c, err := a.where(channel)
	if err != nil {
		return Message{}, err
	}
	m, err := a.w.client.Say(a.u, c, threadTS, text)
	if err != nil {
		return Message{}, err
	}
	return m.Snapshot(), nil
}

// Mention writes "@bot text", in a thread if threadTS is given.
func (a *Actor) Mention(channel, threadTS, text string) (Message, error) {
	return a.Reply(channel, threadTS, "<@"+a.w.App.BotUser+"> "+text)
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
	_, err := a.start(func() (client.Pending, error) {
		_, live, err := a.w.client.VisibleMessage(a.u, m.Channel, m.TS)
		if err != nil {
			return nil, err
		}
		return a.press(client.Press{User: a.u, Message: live}, which, values)
	})
	return err
}

// Shortcut runs a global shortcut.
func (a *Actor) Shortcut(callbackID string) error {
	_, err := a.start(func() (client.Pending, error) { return a.w.client.Shortcut(a.u, callbackID, nil, nil) })
	return err
}

// MessageShortcut runs a shortcut on a message.
func (a *Actor) MessageShortcut(m Message, callbackID string) error {
	_, err := a.start(func() (client.Pending, error) {
		c, live, err := a.w.client.VisibleMessage(a.u, m.Channel, m.TS)
		if err != nil {
			return nil, err
		}
		return a.w.client.Shortcut(a.u, callbackID, c, live)
	})
	return err
}

// React puts an emoji on a message.
func (a *Actor) React(m Message, name string) error { return a.react(m, name, false) }

// Unreact takes the person's emoji off a message.
func (a *Actor) Unreact(m Message, name string) error { return a.react(m, name, true) }

func (a *Actor) react(m Message, name string, remove bool) error {
	a.w.Mu.Lock()
	defer a.w.Mu.Unlock()
	c, live, err := a.w.client.VisibleMessage(a.u, m.Channel, m.TS)
	if err != nil {
		return err
	}
	return a.w.client.React(a.u, c, live, name, remove)
}

// OpenHome opens the app's Home tab. What the app publishes then is had from
// WaitHome.
func (a *Actor) OpenHome() error {
	a.w.Mu.Lock()
	defer a.w.Mu.Unlock()
	return a.w.client.OpenHome(a.u)
}

// Invite takes people, or the bot as "@bot", into a channel.
func (a *Actor) Invite(channel string, people ...string) error {
	a.w.Mu.Lock()
	defer a.w.Mu.Unlock()
	c, err := a.where(channel)
	if err != nil {
		return err
	}
	for _, who := range people {
		u := a.w.People.Find(who)
		if strings.TrimPrefix(who, "@") == "bot" {
			u = a.w.People.ByID[a.w.App.BotUser]
		}
		if u == nil {
			return fmt.Errorf("no user %q", who)
		}
		a.w.client.Invite(c, a.u, u.ID)
	}
	return nil
}

// WaitMessage waits for a message that this person can see.
func (a *Actor) WaitMessage(ctx context.Context, match ...Match) (Message, error) {
	visible := func(_ *Workspace, c *workspace.Channel, m *Message) bool {
		return c.VisibleTo(a.u.ID) && (m.Ephemeral == "" || m.Ephemeral == a.u.ID)
	}
	return a.w.WaitMessage(ctx, append([]Match{visible}, match...)...)
}
