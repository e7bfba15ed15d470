package slacksim

import (
	"fmt"
)

func (w *Server) uiPost(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.channels.byID[r.Channel]
	if u == nil || c == nil || !c.visibleTo(u.id) {
		return nil, fmt.Errorf("no such channel")
	}
	m, err := w.client.say(u, c, r.ThreadTS, r.Text)
	if err != nil {
		return nil, err
	}
	c.lastRead[u.id] = m.TS
	return obj{"ts": m.TS}, nil
}

func (w *Server) uiCommand(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	c := w.channels.byID[r.Channel]
	if u == nil || c == nil {
		w.mu.Unlock()
		return nil, fmt.Errorf("no such channel")
	}
	// What goes wrong shows up as a message from Slackbot.
	_, err := w.client.runCommand(u, c, r.Text)
	_, declared := w.manifest.command(firstWord(r.Text))
	w.mu.Unlock()
	if err != nil && declared {
		return nil, err
	}
	return obj{}, nil
}

// press finds what an action is about.
func (w *Server) press(r *uiRequest, u *person) (press, error) {
	p := press{user: u, blockID: r.BlockID, actionID: r.ActionID, given: pick(r.raw, selectedKeys()...), entered: r.Values}
	if u == nil {
		return p, errNoUser
	}
	if r.Container.Type == "view" {
		p.view = w.views.byID[r.Container.ViewID]
		if p.view == nil || p.view.user != u.id {
			return p, fmt.Errorf("no view %q", r.Container.ViewID)
		}
		return p, nil
	}
	_, m, err := w.client.visibleMessage(u, r.Container.Channel, r.Container.TS)
	p.message = m
	return p, err
}

func (w *Server) uiAction(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	p, err := w.press(r, u)
	var sent pending
	if err == nil {
		sent, err = w.client.act(p)
	}
	w.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if sent == nil {
		return obj{"ok": true}, nil
	}
	if _, err := sent.wait(); err != nil {
		return obj{"ok": false, "error": err.Error()}, nil
	}
	return obj{"ok": true}, nil
}

func (w *Server) uiOptions(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	p, err := w.press(r, u)
	var sent pending
	if err == nil {
		sent, err = w.client.suggest(p, r.Value)
	}
	w.mu.Unlock()
	if err != nil {
		return nil, err
	}
	ack, err := sent.wait()
	if err != nil {
		return nil, err
	}
	return ack, nil
}

func (w *Server) uiShortcut(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	if u == nil {
		w.mu.Unlock()
		return nil, errNoUser
	}
	var c *channel
	var m *message
	var err error
	if r.TS != "" {
		c, m, err = w.client.visibleMessage(u, r.Channel, r.TS)
	}
	var sent pending
	if err == nil {
		sent, err = w.client.runShortcut(u, r.CallbackID, c, m)
	}
	w.mu.Unlock()
	if err != nil {
		return nil, err
	}
	_, err = sent.wait()
	return obj{}, err
}

func (w *Server) uiHome(_ *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u == nil {
		return nil, errNoUser
	}
	return obj{}, w.client.openHome(u)
}

func (w *Server) uiOpen(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	other := w.people.byID[r.With]
	if u == nil || other == nil {
		return nil, errNoUser
	}
	return obj{"channel": w.openDM(u.id, other.id).id}, nil
}

func (w *Server) uiReact(r *uiRequest, u *person) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u == nil {
		return nil, errNoUser
	}
	c, m, err := w.client.visibleMessage(u, r.Channel, r.TS)
	if err != nil {
		return nil, err
	}
	return obj{}, w.client.reactAs(u, c, m, r.Name, r.Remove)
}
