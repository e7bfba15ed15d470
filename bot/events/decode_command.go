package events

import (
	"encoding/json"
	"errors"
	"fmt"

	"opsbot/bot/mrkdwn"
	"opsbot/handlers"
)

type commandPayload struct {
	Command     string `json:"command"`
	Text        string `json:"text"`
	UserID      string `json:"user_id"`
	ChannelID   string `json:"channel_id"`
	ResponseURL string `json:"response_url"`
	TriggerID   string `json:"trigger_id"`
}

func (d decoder) command(payload json.RawMessage) (inbound, error) {
	var p commandPayload
	if err := json.Unmarshal(payload, &p); err != nil {
		return inbound{}, fmt.Errorf("decode slash command: %w", err)
	}
	if p.Command == "" || p.UserID == "" || p.ChannelID == "" || p.TriggerID == "" {
		return inbound{}, errors.New("slash command lacks command, user_id, channel_id or trigger_id")
	}
	return inbound{command: &handlers.Command{
		ID: p.TriggerID, Name: p.Command, Text: mrkdwn.TypedText(p.Text), User: p.UserID, Channel: p.ChannelID,
		ResponseURL: p.ResponseURL, TriggerID: p.TriggerID, At: d.now(),
	}}, nil
}
