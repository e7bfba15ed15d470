package slacksim

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
)

// press is one use of an interactive element.
type press struct {
	user     *person
	message  *message // one of the two
	view     *view
	blockID  string
	actionID string
	given    map[string]any // value, selected_option…
	entered  viewState      // what else the person has entered in the view
}

// selectedKeys are the properties of an action that a person chooses.
func selectedKeys() []string {
	return []string{
		"value", "selected_option", "selected_options", "selected_user", "selected_users", "selected_channel", "selected_channels",
		"selected_conversation", "selected_conversations", "selected_date", "selected_time", "selected_date_time", "rich_text_value",
	}
}

// act plays a press: it updates the state and, if Slack would send one,
// delivers a block_actions payload. A nil pending means nothing was sent.
func (w *Client) act(p press) (pending, error) {
	block, element := findElement(p.blocks(), byIDs(p.blockID, p.actionID))
	if element == nil {
		return nil, fmt.Errorf("no element with action_id %q", p.actionID)
	}
	p.blockID = stringOf(block["block_id"])
	if err := checkChoice(element, p.given); err != nil {
		return nil, err
	}
	p.remember(element)
	if dispatch, _ := block["dispatch_action"].(bool); block["type"] == "input" && !dispatch {
		return nil, nil // SF-3.4
	}
	if !w.manifest.Settings.Interactivity.IsEnabled {
		return nil, errNotInteractive
	}
	payload, err := w.actionPayload(&p, element)
	if err != nil {
		return nil, err
	}
	return w.ask("interactive", "block_actions "+p.actionID, payload, w.noPayload("block_actions "+p.actionID)), nil
}

func (p *press) blocks() json.RawMessage {
	if p.view != nil {
		return p.view.blocks
	}
	return p.message.Blocks
}

// remember keeps what the person chose for state.values.
func (p *press) remember(element map[string]any) {
	if p.view != nil {
		for block, actions := range p.entered {
			for action, value := range actions {
				p.view.state.set(block, action, value)
			}
		}
	}
	key, _ := stateKey(stringOf(element["type"]))
	if key == "" {
		return
	}
	value := map[string]any{"type": element["type"], key: p.given[key]}
	p.state().set(p.blockID, p.actionID, value)
}

func (p *press) state() viewState {
	if p.view != nil {
		return p.view.state
	}
	return p.message.stateOf(p.user.id)
}

// actionPayload is SF-3.3.
func (w *Client) actionPayload(p *press, element map[string]any) (obj, error) {
	o := w.interaction("block_actions", p.user)
	o["actions"] = []obj{w.actionEntry(p, element)}
	if p.view != nil {
		if p.view.user != p.user.id {
			return nil, errors.New("the view belongs to somebody else")
		}
		o["trigger_id"] = w.newTrigger(p.user.id, p.view.id)
		o["container"] = obj{"type": "view", "view_id": p.view.id}
		o["view"] = w.viewAPI(p.view)
		return o, nil
	}
	c := w.channels.byID[p.message.Channel]
	_, link := w.newHook(p.user.id, c, p.message)
	ephemeral := p.message.Ephemeral != ""
	container := obj{"type": "message", "message_ts": p.message.TS, "channel_id": c.id, "is_ephemeral": ephemeral}
	if p.message.ThreadTS != "" {
		container["thread_ts"] = p.message.ThreadTS
	}
	o["trigger_id"] = w.newTrigger(p.user.id, "")
	o["container"] = container
	o["channel"] = w.channelRef(c)
	o["response_url"] = link
	o["state"] = obj{"values": stateValues(p.message.Blocks, p.message.stateOf(p.user.id))}
	o["message"] = w.messageAPI(p.message, true)
	if ephemeral { // Slack keeps no ephemeral messages and cannot send them along
		o["message"] = obj{"type": "message", "ts": p.message.TS, "text": "", "user": p.message.User, "bot_id": w.app.botID}
	}
	return o, nil
}

func (w *Client) actionEntry(p *press, element map[string]any) obj {
	entry := obj{"type": element["type"], "action_id": p.actionID, "block_id": p.blockID, "action_ts": tsOf(w.opts.Clock.Now())}
	if element["type"] == "button" {
		entry["text"] = element["text"]
		maps.Copy(entry, pick(element, "value", "style"))
		return entry
	}
	maps.Copy(entry, pick(p.given, selectedKeys()...))
	return entry
}

func pick(from map[string]any, keys ...string) obj {
	out := obj{}
	for _, key := range keys {
		if v, ok := from[key]; ok {
			out[key] = v
		}
	}
	return out
}

// suggest asks the app for the options of an external select.
func (w *Client) suggest(p press, typed string) (pending, error) {
	block, element := findElement(p.blocks(), byIDs(p.blockID, p.actionID))
	if element == nil {
		return nil, fmt.Errorf("no element with action_id %q", p.actionID)
	}
	o := w.interaction("block_suggestion", p.user)
	o["action_id"], o["block_id"], o["value"] = p.actionID, block["block_id"], typed
	if p.view != nil {
		o["container"] = obj{"type": "view", "view_id": p.view.id}
		o["view"] = w.viewAPI(p.view)
	} else {
		c := w.channels.byID[p.message.Channel]
		o["container"] = obj{"type": "message", "message_ts": p.message.TS, "channel_id": c.id, "is_ephemeral": p.message.Ephemeral != ""}
		o["channel"] = w.channelRef(c)
		o["message"] = w.messageAPI(p.message, true)
	}
	return w.ask("interactive", "block_suggestion "+p.actionID, o, w.checkSuggestion), nil
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
		w.violate(violationAckInvalid, "the ack of a block_suggestion has no options")
		return errors.New("the options could not be loaded")
	}
	return nil
}
