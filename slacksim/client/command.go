package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"opsbot/slacksim/workspace"
)

var errInvalidCommandResponse = errors.New("invalid_command_response")

// Command types a slash command. The outcome is what the person would see:
// dispatch_failed, operation_timeout, invalid_command_response or nothing.
func (w *Client) Command(u *workspace.Person, c *workspace.Channel, text string) (Pending, error) {
	name, args, _ := strings.Cut(strings.TrimSpace(text), " ")
	declared, ok := w.Manifest.Command(name)
	if !ok { // SF-7.10
		w.tell(u, c, "%s is not a valid command. In Slack, all messages that start with the \"/\" character are interpreted as commands.", name)
		return nil, fmt.Errorf("%s is not declared in the app's manifest", name)
	}
	if !c.Has(u.ID) {
		return nil, fmt.Errorf("%s is not in %s", u.Name, w.ChannelLabel(c))
	}
	h, link := w.NewResponseURL(u.ID, c, nil)
	payload := obj{ // SF-2.1
		"token": "deprecated", "team_id": w.Team.ID, "team_domain": w.Team.Domain, "channel_id": c.ID,
		"channel_name": w.channelRef(c)["name"], "user_id": u.ID, "user_name": u.Name, "command": name,
		"text": w.commandText(strings.TrimSpace(args), declared.ShouldEscape), "api_app_id": w.App.ID,
		"is_enterprise_install": false, "response_url": link, "trigger_id": w.NewTrigger(u.ID, ""),
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
func (w *Client) commandAnswer(h *workspace.ResponseURL, u *workspace.Person, typed string, ack json.RawMessage) error {
	if len(ack) == 0 || string(ack) == "{}" || string(ack) == `""` {
		return nil
	}
	var r workspace.Reply
	if json.Unmarshal(ack, &r.Text) != nil {
		if err := json.Unmarshal(ack, &r); err != nil {
			w.Violate(workspace.ViolationAckInvalid, "the ack for %s is no message: %v", typed, err)
			return errInvalidCommandResponse
		}
	}
	if r.ResponseType == "in_channel" {
		w.Post(h.Channel, &workspace.Message{User: u.ID, Plain: typed, Subtype: workspace.SubtypeCommand})
		if r.Empty() {
			return nil
		}
	}
	d := r.Draft()
	if _, err := w.Check("slash command ack", &d); err != nil {
		w.Violate(workspace.ViolationAckInvalid, "the ack for %s: %v", typed, err)
		return errInvalidCommandResponse
	}
	m, err := w.PostReply("slash command ack", h, &r, d)
	if err != nil {
		return errInvalidCommandResponse
	}
	h.Source = m
	return nil
}

// FirstWord is the name of the command that a person typed.
func FirstWord(text string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	return word
}
