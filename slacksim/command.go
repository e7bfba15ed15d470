package slacksim

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

var errInvalidCommandResponse = errors.New("invalid_command_response")

// runCommand types a slash command. The outcome is what the person would see:
// dispatch_failed, operation_timeout, invalid_command_response or nothing.
func (w *Client) runCommand(u *person, c *channel, text string) (pending, error) {
	name, args, _ := strings.Cut(strings.TrimSpace(text), " ")
	declared, ok := w.manifest.command(name)
	if !ok { // SF-7.10
		w.tell(u, c, "%s is not a valid command. In Slack, all messages that start with the \"/\" character are interpreted as commands.", name)
		return nil, fmt.Errorf("%s is not declared in the app's manifest", name)
	}
	if !c.has(u.id) {
		return nil, fmt.Errorf("%s is not in %s", u.name, w.channelLabel(c))
	}
	h, link := w.newHook(u.id, c, nil)
	payload := obj{ // SF-2.1
		"token": "deprecated", "team_id": w.team.id, "team_domain": w.team.domain, "channel_id": c.id,
		"channel_name": w.channelRef(c)["name"], "user_id": u.id, "user_name": u.name, "command": name,
		"text": w.commandText(strings.TrimSpace(args), declared.ShouldEscape), "api_app_id": w.app.id,
		"is_enterprise_install": false, "response_url": link, "trigger_id": w.newTrigger(u.id, ""),
	}
	typed := strings.TrimSpace(text)
	return w.ask("slash_commands", name, payload, func(ack json.RawMessage, err error) error {
		if err == nil {
			err = w.commandAnswer(h, u, typed, ack)
		}
		if err != nil { // SF-1.28
			w.tell(u, c, "%s failed with the error %q", name, err)
		}
		return err
	}), nil
}

// commandAnswer shows the payload of a command's ack (SF-2.5).
func (w *Client) commandAnswer(h *hook, u *person, typed string, ack json.RawMessage) error {
	if len(ack) == 0 || string(ack) == "{}" || string(ack) == `""` {
		return nil
	}
	var r reply
	if json.Unmarshal(ack, &r.Text) != nil {
		if err := json.Unmarshal(ack, &r); err != nil {
			w.violate(violationAckInvalid, "the ack for %s is no message: %v", typed, err)
			return errInvalidCommandResponse
		}
	}
	if r.ResponseType == "in_channel" {
		w.post(h.channel, &message{User: u.id, Plain: typed, Subtype: subtypeCommand})
		if r.empty() {
			return nil
		}
	}
	d := r.draft()
	if _, err := w.check("slash command ack", &d); err != nil {
		w.violate(violationAckInvalid, "the ack for %s: %v", typed, err)
		return errInvalidCommandResponse
	}
	m, err := w.postReply("slash command ack", h, &r, d)
	if err != nil {
		return errInvalidCommandResponse
	}
	h.source = m
	return nil
}

func firstWord(text string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	return word
}
