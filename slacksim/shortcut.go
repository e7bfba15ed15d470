package slacksim

import "fmt"

// runShortcut plays a global shortcut (m nil) or one on a message (SF-3.7).
func (w *Client) runShortcut(u *person, callbackID string, c *channel, m *message) (pending, error) {
	s, ok := w.manifest.shortcut(callbackID)
	switch {
	case !ok:
		return nil, fmt.Errorf("shortcut %s is not declared in the app's manifest", callbackID)
	case s.Type == "message" && m == nil:
		return nil, fmt.Errorf("shortcut %s works on messages only", callbackID)
	case s.Type == "global" && m != nil:
		return nil, fmt.Errorf("shortcut %s is global", callbackID)
	}
	kind := "shortcut"
	if m != nil {
		kind = "message_action"
	}
	payload := w.interaction(kind, u)
	payload["callback_id"] = callbackID
	payload["trigger_id"] = w.newTrigger(u.id, "")
	payload["action_ts"] = tsOf(w.opts.Clock.Now())
	if m != nil {
		_, link := w.newHook(u.id, c, m)
		payload["message"] = w.messageAPI(m, true)
		payload["message_ts"] = m.TS
		payload["channel"] = w.channelRef(c)
		payload["response_url"] = link
	}
	return w.ask("interactive", kind+" "+callbackID, payload, w.noPayload(kind)), nil
}

// openHome raises app_home_opened and shows what is published already.
func (w *Client) openHome(u *person) error {
	if !w.manifest.Features.AppHome.HomeTabEnabled {
		return fmt.Errorf("the app has no Home tab")
	}
	dm := w.openDM(w.app.botUser, u.id)
	event := obj{"type": "app_home_opened", "user": u.id, "channel": dm.id, "tab": "home"}
	if v := w.views.home[u.id]; v != nil {
		event["view"] = w.viewAPI(v)
		w.pages.View("home", v)
	}
	w.raise("app_home_opened", event)
	return nil
}
