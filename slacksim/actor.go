package slacksim

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
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
		return a.w.runCommand(a.u, c, text)
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
	m, err := a.w.say(a.u, c, threadTS, text)
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
		_, live, err := a.w.visibleMessage(a.u, m.Channel, m.TS)
		if err != nil {
			return nil, err
		}
		return a.press(press{user: a.u, message: live}, which, values)
	})
	return err
}

// press finds the element by action_id, label or value and uses it.
func (a *Actor) press(p press, which string, values []string) (pending, error) {
	block, element := findElement(p.blocks(), func(_, e map[string]any) bool { return e["action_id"] == which })
	if element == nil {
		block, element = findElement(p.blocks(), func(_, e map[string]any) bool {
			return isInteractive(e) && (label(e) == which || stringOf(e["value"]) == which)
		})
	}
	if element == nil {
		return nil, fmt.Errorf("nothing to press called %q; there are %s", which, pressable(p.blocks()))
	}
	p.blockID, p.actionID = stringOf(block["block_id"]), stringOf(element["action_id"])
	p.given = map[string]any{}
	if values != nil {
		given, err := a.w.choice(element, values)
		if err != nil {
			return nil, err
		}
		p.given = given
	}
	return a.w.act(p)
}

func pressable(blocks json.RawMessage) string {
	var names []string
	list, _ := decodeObjects(blocks)
	walkElements(list, func(_, e map[string]any) {
		if isInteractive(e) {
			names = append(names, fmt.Sprintf("%q (%s)", label(e), stringOf(e["action_id"])))
		}
	})
	return "[" + strings.Join(names, ", ") + "]"
}

// choice builds what an element sends for the values a person picked.
func (w *Workspace) choice(element map[string]any, values []string) (map[string]any, error) {
	kind := stringOf(element["type"])
	key, _ := stateKey(kind)
	if kind == "overflow" {
		key = "selected_option"
	}
	switch key {
	case "":
		return nil, fmt.Errorf("a %s has nothing to select", kind)
	case "selected_option", "selected_options":
		return chooseOptions(element, key, values)
	}
	many := strings.HasSuffix(key, "s") && strings.HasPrefix(kind, "multi_")
	ids := make([]any, 0, len(values))
	for _, v := range values {
		ids = append(ids, w.idFor(key, v))
	}
	if many {
		return map[string]any{key: ids}, nil
	}
	if key == "selected_date_time" {
		return map[string]any{key: json.Number(values[0])}, nil
	}
	return map[string]any{key: ids[0]}, nil
}

// idFor lets tests name users and channels instead of knowing their ids.
func (w *Workspace) idFor(key, value string) string {
	switch {
	case strings.HasPrefix(key, "selected_user"):
		if u := w.people.find(value); u != nil {
			return u.id
		}
	case strings.HasPrefix(key, "selected_channel"), strings.HasPrefix(key, "selected_conversation"):
		if c := w.conversation(value); c != nil {
			return c.id
		}
	}
	return value
}

func chooseOptions(element map[string]any, key string, values []string) (map[string]any, error) {
	options := optionsOf(element)
	chosen := []any{}
	for _, v := range values {
		i := slices.IndexFunc(options, func(o map[string]any) bool { return o["value"] == v || label(o) == v })
		switch {
		case i >= 0:
			chosen = append(chosen, options[i])
		case strings.Contains(stringOf(element["type"]), "external_select"):
			chosen = append(chosen, map[string]any{"text": map[string]any{"type": "plain_text", "text": v}, "value": v})
		default:
			return nil, fmt.Errorf("%q is not among the options", v)
		}
	}
	if key == "selected_option" {
		return map[string]any{key: chosen[0]}, nil
	}
	return map[string]any{key: chosen}, nil
}

// Shortcut runs a global shortcut.
func (a *Actor) Shortcut(callbackID string) error {
	_, err := a.start(func() (pending, error) { return a.w.runShortcut(a.u, callbackID, nil, nil) })
	return err
}

// MessageShortcut runs a shortcut on a message.
func (a *Actor) MessageShortcut(m Message, callbackID string) error {
	_, err := a.start(func() (pending, error) {
		c, live, err := a.w.visibleMessage(a.u, m.Channel, m.TS)
		if err != nil {
			return nil, err
		}
		return a.w.runShortcut(a.u, callbackID, c, live)
	})
	return err
}

// React puts an emoji on a message.
func (a *Actor) React(m Message, name string) error {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	c, live, err := a.w.visibleMessage(a.u, m.Channel, m.TS)
	if err != nil {
		return err
	}
	return a.w.reactAs(a.u, c, live, name, false)
}

// OpenHome opens the app's Home tab. What the app publishes then is had from
// WaitHome.
func (a *Actor) OpenHome() error {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	return a.w.openHome(a.u)
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
		a.w.invite(c, a.u, u.id)
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
