package events

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"opsbot/bot"
	"opsbot/handlers"
)

type interactionPayload struct {
	Type        string          `json:"type"`
	TriggerID   string          `json:"trigger_id"`
	ResponseURL string          `json:"response_url"`
	User        idOnly          `json:"user"`
	Channel     idOnly          `json:"channel"`
	Container   container       `json:"container"`
	CallbackID  string          `json:"callback_id"`
	Message     threadOnly      `json:"message"`
	Actions     []elementAction `json:"actions"`
	View        *viewPayload    `json:"view"`
}

type idOnly struct {
	ID string `json:"id"`
}

type threadOnly struct {
	TS       string `json:"ts"`
	ThreadTS string `json:"thread_ts"`
}

type container struct {
	MessageTS   string `json:"message_ts"`
	ThreadTS    string `json:"thread_ts"`
	ChannelID   string `json:"channel_id"`
	IsEphemeral bool   `json:"is_ephemeral"`
}

type elementAction struct {
	ActionID string `json:"action_id"`
	elementState
}

func (d decoder) interaction(payload json.RawMessage) (inbound, error) {
	var p interactionPayload
	if err := json.Unmarshal(payload, &p); err != nil {
		return inbound{}, fmt.Errorf("decode interaction: %w", err)
	}
	switch p.Type {
	case "":
		return inbound{}, errors.New("interaction lacks its type")
	case "block_actions":
		return d.blockActions(p)
	case "view_submission":
		return d.viewSubmission(p)
	case "message_action":
		return d.messageShortcut(p)
	}
	return inbound{}, nil // view_closed, global shortcuts: nothing of ours
}

func (d decoder) blockActions(p interactionPayload) (inbound, error) {
	if p.User.ID == "" || p.TriggerID == "" || len(p.Actions) == 0 {
		return inbound{}, errors.New("block action lacks user, trigger_id or actions")
	}
	var in inbound
	form := openForm(p)
	for i, a := range p.Actions {
		if a.ActionID == "" {
			return inbound{}, errors.New("block action lacks action_id")
		}
		in.actions = append(in.actions, handlers.Action{
			ID: actionCallID(p.TriggerID, i), Name: bot.ActionName(a.ActionID), Value: a.text(), User: p.User.ID,
			Channel:   cmp.Or(p.Channel.ID, p.Container.ChannelID),
			MessageTS: cmp.Or(p.Container.MessageTS, p.Message.TS),
			ThreadTS:  cmp.Or(p.Container.ThreadTS, p.Message.ThreadTS),
			Ephemeral: p.Container.IsEphemeral, ResponseURL: p.ResponseURL, TriggerID: p.TriggerID, Form: form, At: d.now(),
		})
	}
	return in, nil
}

func actionCallID(trigger string, index int) string {
	if index == 0 {
		return trigger
	}
	return trigger + "/" + strconv.Itoa(index)
}

// messageShortcut decodes a message shortcut (SF-3.7).
func (d decoder) messageShortcut(p interactionPayload) (inbound, error) {
	if p.User.ID == "" || p.TriggerID == "" || p.CallbackID == "" || p.Channel.ID == "" || p.Message.TS == "" {
		return inbound{}, errors.New("message shortcut lacks user, trigger_id, callback_id, channel or message")
	}
	return inbound{shortcut: &handlers.Shortcut{
		ID: p.TriggerID, Name: p.CallbackID, User: p.User.ID, Channel: p.Channel.ID, TS: p.Message.TS,
		ThreadTS: cmp.Or(p.Message.ThreadTS, p.Message.TS), ResponseURL: p.ResponseURL, At: d.now(),
	}}, nil
}
