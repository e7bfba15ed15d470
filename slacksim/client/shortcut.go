package client

import (
	"fmt"

	"opsbot/slacksim/workspace"
)

// Shortcut plays a global shortcut (m nil) or one on a message (SF-3.7).
func (w *Client) Shortcut(u *workspace.Person, callbackID string, c *workspace.Channel, m *workspace.Message) (Pending, error) {
	s, ok := w.Manifest.Shortcut(callbackID)
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
	payload["trigger_id"] = w.NewTrigger(u.ID, "")
	payload["action_ts"] = workspace.TSOf(w.Options.Clock.Now())
	if m != nil {
		_, link := w.NewResponseURL(u.ID, c, m)
		payload["message"] = w.MessageAPI(m, true)
		payload["message_ts"] = m.TS
		payload["channel"] = w.channelRef(c)
		payload["response_url"] = link
	}
	return w.ask("interactive", kind+" "+callbackID, payload, w.noPayload(kind)), nil
}

// OpenHome raises app_home_opened and shows what is published already.
func (w *Client) OpenHome(u *workspace.Person) error {
	if !w.Manifest.Features.AppHome.HomeTabEnabled {
		return fmt.Errorf("the app has no Home tab")
	}
	dm := w.OpenDM(w.App.BotUser, u.ID)
	event := obj{"type": "app_home_opened", "user": u.ID, "channel": dm.ID, "tab": "home"}
	if v := w.Views.Home[u.ID]; v != nil {
		event["view"] = w.ViewAPI(v)
		w.Pages.View("home", v)
	}
	w.Raise("app_home_opened", event)
	return nil
}
