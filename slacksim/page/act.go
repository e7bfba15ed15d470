package page

import (
	"fmt"

	"opsbot/slacksim/client"
	"opsbot/slacksim/workspace"
)

func (w *Server) uiPost(r *uiRequest, u *workspace.Person) (any, error) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	c := w.Channels.ByID[r.Channel]
	if u == nil || c == nil || !c.VisibleTo(u.ID) {
		return nil, fmt.Errorf("no such channel")
	}
	m, err := w.client.Say(u, c, r.ThreadTS, r.Text)
	if err != nil {
		return nil, err
	}
	c.LastRead[u.ID] = m.TS
	return obj{"ts": m.TS}, nil
}

func (w *Server) uiCommand(r *uiRequest, u *workspace.Person) (any, error) {
	w.Mu.Lock()
	c := w.Channels.ByID[r.Channel]
	if u == nil || c == nil {
		w.Mu.Unlock()
		return nil, fmt.Errorf("no such channel")
	}
	// What goes wrong shows up as a message from Slackbot.
	_, err := w.client.Command(u, c, r.Text)
	_, declared := w.Manifest.Command(client.FirstWord(r.Text))
	w.Mu.Unlock()
	if err != nil && declared {
		return nil, err
	}
	return obj{}, nil
}

// press finds what an action is about.
func (w *Server) press(r *uiRequest, u *workspace.Person) (client.Press, error) {
	p := client.Press{User: u, BlockID: r.BlockID, ActionID: r.ActionID, Given: client.Pick(r.raw, client.SelectedKeys()...), Entered: r.Values}
	if u == nil {
		return p, errNoUser
	}
	if r.Container.Type == "view" {
		p.View = w.Views.ByID[r.Container.ViewID]
		if p.View == nil || p.View.User != u.ID {
			return p, fmt.Errorf("no view %q", r.Container.ViewID)
		}
		return p, nil
	}
	_, m, err := w.client.VisibleMessage(u, r.Container.Channel, r.Container.TS)
	p.Message = m
	return p, err
}

func (w *Server) uiAction(r *uiRequest, u *workspace.Person) (any, error) {
	w.Mu.Lock()
	p, err := w.press(r, u)
	var sent client.Pending
	if err == nil {
		sent, err = w.client.Press(p)
	}
	w.Mu.Unlock()
	if err != nil {
		return nil, err
	}
	if sent == nil {
		return obj{"ok": true}, nil
	}
	if _, err := sent.Wait(); err != nil {
		return obj{"ok": false, "error": err.Error()}, nil
	}
	return obj{"ok": true}, nil
}

func (w *Server) uiOptions(r *uiRequest, u *workspace.Person) (any, error) {
	w.Mu.Lock()
	p, err := w.press(r, u)
	var sent client.Pending
	if err == nil {
		sent, err = w.client.Suggest(p, r.Value)
	}
	w.Mu.Unlock()
	if err != nil {
		return nil, err
	}
	ack, err := sent.Wait()
	if err != nil {
		return nil, err
	}
	return ack, nil
}

func (w *Server) uiShortcut(r *uiRequest, u *workspace.Person) (any, error) {
	w.Mu.Lock()
	if u == nil {
		w.Mu.Unlock()
		return nil, errNoUser
	}
	var c *workspace.Channel
	var m *workspace.Message
	var err error
	if r.TS != "" {
		c, m, err = w.client.VisibleMessage(u, r.Channel, r.TS)
	}
	var sent client.Pending
	if err == nil {
		sent, err = w.client.Shortcut(u, r.CallbackID, c, m)
	}
	w.Mu.Unlock()
	if err != nil {
		return nil, err
	}
	_, err = sent.Wait()
	return obj{}, err
}

func (w *Server) uiHome(_ *uiRequest, u *workspace.Person) (any, error) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	if u == nil {
		return nil, errNoUser
	}
	return obj{}, w.client.OpenHome(u)
}

func (w *Server) uiOpen(r *uiRequest, u *workspace.Person) (any, error) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	other := w.People.ByID[r.With]
	if u == nil || other == nil {
		return nil, errNoUser
	}
	return obj{"channel": w.OpenDM(u.ID, other.ID).ID}, nil
}

func (w *Server) uiReact(r *uiRequest, u *workspace.Person) (any, error) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	if u == nil {
		return nil, errNoUser
	}
	c, m, err := w.client.VisibleMessage(u, r.Channel, r.TS)
	if err != nil {
		return nil, err
	}
	return obj{}, w.client.React(u, c, m, r.Name, r.Remove)
}
