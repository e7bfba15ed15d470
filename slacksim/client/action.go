package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"opsbot/slacksim/blockkit"
	"opsbot/slacksim/workspace"
)

// Press is one use of an interactive element.
type Press struct {
	User     *workspace.Person
	Message  *workspace.Message // one of the two
	View     *workspace.View
	BlockID  string
	ActionID string
	Given    map[string]any // value, selected_option…
	Entered  blockkit.State // what else the person has entered in the view
}

// SelectedKeys are the properties of an action that a person chooses.
func SelectedKeys() []string {
	return []string{
		"value", "selected_option", "selected_options", "selected_user", "selected_users", "selected_channel", "selected_channels",
		"selected_conversation", "selected_conversations", "selected_date", "selected_time", "selected_date_time", "rich_text_value",
	}
}

// Press plays a press: it updates the state and, if Slack would send one,
// delivers a block_actions payload. A nil pending means nothing was sent.
func (w *Client) Press(p Press) (Pending, error) {
	block, element := blockkit.Find(p.Blocks(), blockkit.ByIDs(p.BlockID, p.ActionID))
	if element == nil {
		return nil, fmt.Errorf("no element with action_id %q", p.ActionID)
	}
	p.BlockID = blockkit.String(block["block_id"])
	if err := blockkit.CheckChoice(element, p.Given); err != nil {
		return nil, err
	}
	p.remember(element)
	if dispatch, _ := block["dispatch_action"].(bool); block["type"] == "input" && !dispatch {
		return nil, nil // SF-3.4
	}
	if !w.Manifest.Settings.Interactivity.IsEnabled {
		return nil, errNotInteractive
	}
	payload, err := w.actionPayload(&p, element)
	if err != nil {
		return nil, err
	}
	return w.ask("interactive", "block_actions "+p.ActionID, payload, w.noPayload("block_actions "+p.ActionID)), nil
}

// Blocks are those of the message or view that is pressed on.
func (p *Press) Blocks() json.RawMessage {
	if p.View != nil {
		return p.View.Blocks
	}
	return p.Message.Blocks
}

// remember keeps what the person chose for state.values.
func (p *Press) remember(element map[string]any) {
	if p.View != nil {
		for block, actions := range p.Entered {
			for action, value := range actions {
				p.View.State.Set(block, action, value)
			}
		}
	}
	key, _ := blockkit.StateKey(blockkit.String(element["type"]))
	if key == "" {
		return
	}
	value := map[string]any{"type": element["type"], key: p.Given[key]}
	p.state().Set(p.BlockID, p.ActionID, value)
}

func (p *Press) state() blockkit.State {
	if p.View != nil {
		return p.View.State
	}
	return p.Message.StateOf(p.User.ID)
}

// actionPayload is SF-3.3.
func (w *Client) actionPayload(p *Press, element map[string]any) (obj, error) {
	o := w.interaction("block_actions", p.User)
	o["actions"] = []obj{w.actionEntry(p, element)}
	if p.View != nil {
		if p.View.User != p.User.ID {
			return nil, errors.New("the view belongs to somebody else")
		}
		o["trigger_id"] = w.NewTrigger(p.User.ID, p.View.ID)
		o["container"] = obj{"type": "view", "view_id": p.View.ID}
		o["view"] = w.ViewAPI(p.View)
		return o, nil
	}
	c := w.Channels.ByID[p.Message.Channel]
	_, link := w.NewResponseURL(p.User.ID, c, p.Message)
	ephemeral := p.Message.Ephemeral != ""
	container := obj{"type": "message", "message_ts": p.Message.TS, "channel_id": c.ID, "is_ephemeral": ephemeral}
	if p.Message.ThreadTS != "" {
		container["thread_ts"] = p.Message.ThreadTS
	}
	o["trigger_id"] = w.NewTrigger(p.User.ID, "")
	o["container"] = container
	o["channel"] = w.channelRef(c)
	o["response_url"] = link
	o["state"] = obj{"values": blockkit.Values(p.Message.Blocks, p.Message.StateOf(p.User.ID))}
	o["message"] = w.MessageAPI(p.Message, true)
	if ephemeral { // Slack keeps no ephemeral messages and cannot send them along
		o["message"] = obj{"type": "message", "ts": p.Message.TS, "text": "", "user": p.Message.User, "bot_id": w.App.BotID}
	}
	return o, nil
}

func (w *Client) actionEntry(p *Press, element map[string]any) obj {
	entry := obj{"type": element["type"], "action_id": p.ActionID, "block_id": p.BlockID, "action_ts": workspace.TSOf(w.Options.Clock.Now())}
	if element["type"] == "button" {
		entry["text"] = element["text"]
		maps.Copy(entry, Pick(element, "value", "style"))
		return entry
	}
	maps.Copy(entry, Pick(p.Given, SelectedKeys()...))
	return entry
}

// Pick copies those of the keys that are there.
func Pick(from map[string]any, keys ...string) map[string]any {
	out := obj{}
	for _, key := range keys {
		if v, ok := from[key]; ok {
			out[key] = v
		}
	}
	return out
}

// Suggest asks the app for the options of an external select.
func (w *Client) Suggest(p Press, typed string) (Pending, error) {
	block, element := blockkit.Find(p.Blocks(), blockkit.ByIDs(p.BlockID, p.ActionID))
	if element == nil {
		return nil, fmt.Errorf("no element with action_id %q", p.ActionID)
	}
	o := w.interaction("block_suggestion", p.User)
	o["action_id"], o["block_id"], o["value"] = p.ActionID, block["block_id"], typed
	if p.View != nil {
		o["container"] = obj{"type": "view", "view_id": p.View.ID}
		o["view"] = w.ViewAPI(p.View)
	} else {
		c := w.Channels.ByID[p.Message.Channel]
		o["container"] = obj{"type": "message", "message_ts": p.Message.TS, "channel_id": c.ID, "is_ephemeral": p.Message.Ephemeral != ""}
		o["channel"] = w.channelRef(c)
		o["message"] = w.MessageAPI(p.Message, true)
	}
	return w.ask("interactive", "block_suggestion "+p.ActionID, o, w.checkSuggestion), nil
}

// checkSuggestion validates {"options":[…]} or {"option_groups":[…]}.
func (w *Client) checkSuggestion(ack json.RawMessage, err error) error {
	if err != nil {
		return err
	}
	var r struct {
		Options      []map[string]any `json:"options"`
		OptionGroups []map[string]any `json:"option_groups"`
	}
	if json.Unmarshal(ack, &r) != nil || (r.Options == nil) == (r.OptionGroups == nil) || len(r.Options) > 100 || len(r.OptionGroups) > 100 {
		w.Violate(workspace.ViolationAckInvalid, "the ack of a block_suggestion has no options")
		return errors.New("the options could not be loaded")
	}
	return nil
}
