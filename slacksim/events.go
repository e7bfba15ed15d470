package slacksim

import "strings"

// raise delivers an event if the manifest subscribes to it (SF-7.10).
func (w *core) raise(subscription string, event obj) {
	if !w.manifest.wants(subscription) {
		return
	}
	if scopes := eventScopes(subscription); len(scopes) > 0 && !w.manifest.hasAnyScope(scopes) {
		return
	}
	now := w.opts.Clock.Now()
	if event["event_ts"] == nil {
		event["event_ts"] = tsOf(now)
	}
	w.delivery.Deliver(&envelope{kind: "events_api", what: subscription, payload: obj{ // SF-7.2
		"token": "deprecated", "team_id": w.team.id, "context_team_id": w.team.id, "context_enterprise_id": nil, "api_app_id": w.app.id,
		"event": event, "type": "event_callback", "event_id": w.newID("Ev"), "event_time": now.Unix(),
		"authorizations": []obj{{
			"enterprise_id": nil, "team_id": w.team.id, "user_id": w.app.botUser, "is_bot": true, "is_enterprise_install": false,
		}},
		"is_ext_shared_channel": false, "event_context": "4-" + w.randomHex(8),
	}})
}

// subtypeCommand marks a slash command that an in_channel answer made visible
// (SF-2.5). The app does not hear of it again as a message.
const subtypeCommand = "slash_command"

// raiseMessage tells the app about a new message: message.* where the bot is a
// member, app_mention besides if it is named (SF-7.3).
func (w *core) raiseMessage(c *channel, m *message) {
	if m.Ephemeral != "" || m.Subtype == subtypeCommand || !c.has(w.app.botUser) {
		return
	}
	event := w.messageAPI(m, true)
	event["channel"] = c.id
	event["channel_type"] = c.eventType()
	event["event_ts"] = m.TS
	w.raise(c.messageEvent(), event)
	if m.BotID == "" && !c.isIM() && strings.Contains(m.Plain, "<@"+w.app.botUser) {
		w.raise("app_mention", w.mentionEvent(c, m))
	}
}

func (w *core) mentionEvent(c *channel, m *message) obj {
	event := obj{"type": "app_mention", "user": m.User, "text": m.Plain, "ts": m.TS, "channel": c.id, "event_ts": m.TS, "team": w.team.id}
	put(event, "thread_ts", m.ThreadTS)
	if len(m.Blocks) > 0 {
		event["blocks"] = m.Blocks
	}
	return event
}

func (w *core) raiseChanged(c *channel, m *message, before message) {
	if m.Ephemeral != "" || !c.has(w.app.botUser) {
		return
	}
	w.raise(c.messageEvent(), obj{
		"type": "message", "subtype": "message_changed", "hidden": true, "channel": c.id, "channel_type": c.eventType(),
		"ts": w.newTS(), "message": w.messageAPI(m, true), "previous_message": w.messageAPI(&before, true),
	})
}

func (w *core) raiseDeleted(c *channel, m *message) {
	if m.Ephemeral != "" || !c.has(w.app.botUser) {
		return
	}
	w.raise(c.messageEvent(), obj{
		"type": "message", "subtype": "message_deleted", "hidden": true, "channel": c.id, "channel_type": c.eventType(),
		"ts": w.newTS(), "deleted_ts": m.TS, "previous_message": w.messageAPI(m, true),
	})
}

func (w *core) raiseMembership(event string, c *channel, user, inviter string) {
	e := obj{"type": event, "user": user, "channel": c.id, "channel_type": "C", "team": w.team.id}
	if c.private {
		e["channel_type"] = "G"
	}
	put(e, "inviter", inviter)
	if c.has(w.app.botUser) || user == w.app.botUser {
		w.raise(event, e)
	}
}
