package workspace

import (
	"strings"

	"opsbot/slacksim/manifest"
)

// Raise delivers an event if the manifest subscribes to it (SF-7.10).
func (w *Workspace) Raise(subscription string, event obj) {
	if !w.Manifest.Wants(subscription) {
		return
	}
	if scopes := manifest.EventScopes(subscription); len(scopes) > 0 && !w.Manifest.HasAnyScope(scopes) {
		return
	}
	now := w.Options.Clock.Now()
	if event["event_ts"] == nil {
		event["event_ts"] = TSOf(now)
	}
	w.Delivery.Deliver(&Envelope{Kind: "events_api", What: subscription, Payload: obj{ // SF-7.2
		"token": "deprecated", "team_id": w.Team.ID, "context_team_id": w.Team.ID, "context_enterprise_id": nil, "api_app_id": w.App.ID,
		"event": event, "type": "event_callback", "event_id": w.NewID("Ev"), "event_time": now.Unix(),
		"authorizations": []obj{{
			"enterprise_id": nil, "team_id": w.Team.ID, "user_id": w.App.BotUser, "is_bot": true, "is_enterprise_install": false,
		}},
		"is_ext_shared_channel": false, "event_context": "4-" + w.RandomHex(8),
	}})
}

// SubtypeCommand marks a slash command that an in_channel answer made visible
// (SF-2.5). The app does not hear of it again as a message.
const SubtypeCommand = "slash_command"

// raiseMessage tells the app about a new message: message.* where the bot is a
// member, app_mention besides if it is named (SF-7.3).
func (w *Workspace) raiseMessage(c *Channel, m *Message) {
	if m.Ephemeral != "" || m.Subtype == SubtypeCommand || !c.Has(w.App.BotUser) {
		return
	}
	event := w.MessageAPI(m, true)
	event["channel"] = c.ID
	event["channel_type"] = c.eventType()
	event["event_ts"] = m.TS
	w.Raise(c.messageEvent(), event)
	if m.BotID == "" && !c.IsIM() && strings.Contains(m.Plain, "<@"+w.App.BotUser) {
		w.Raise("app_mention", w.mentionEvent(c, m))
	}
}

func (w *Workspace) mentionEvent(c *Channel, m *Message) obj {
	event := obj{"type": "app_mention", "user": m.User, "text": m.Plain, "ts": m.TS, "channel": c.ID, "event_ts": m.TS, "team": w.Team.ID}
	put(event, "thread_ts", m.ThreadTS)
	if len(m.Blocks) > 0 {
		event["blocks"] = m.Blocks
	}
	return event
}

func (w *Workspace) raiseChanged(c *Channel, m *Message, before Message) {
	if m.Ephemeral != "" || !c.Has(w.App.BotUser) {
		return
	}
	w.Raise(c.messageEvent(), obj{
		"type": "message", "subtype": "message_changed", "hidden": true, "channel": c.ID, "channel_type": c.eventType(),
		"ts": w.NewTS(), "message": w.MessageAPI(m, true), "previous_message": w.MessageAPI(&before, true),
	})
}

func (w *Workspace) raiseDeleted(c *Channel, m *Message) {
	if m.Ephemeral != "" || !c.Has(w.App.BotUser) {
		return
	}
	w.Raise(c.messageEvent(), obj{
		"type": "message", "subtype": "message_deleted", "hidden": true, "channel": c.ID, "channel_type": c.eventType(),
		"ts": w.NewTS(), "deleted_ts": m.TS, "previous_message": w.MessageAPI(m, true),
	})
}

func (w *Workspace) raiseMembership(event string, c *Channel, user, inviter string) {
	e := obj{"type": event, "user": user, "channel": c.ID, "channel_type": "C", "team": w.Team.ID}
	if c.Private {
		e["channel_type"] = "G"
	}
	put(e, "inviter", inviter)
	if c.Has(w.App.BotUser) || user == w.App.BotUser {
		w.Raise(event, e)
	}
}
