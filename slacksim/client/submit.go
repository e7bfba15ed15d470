package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"opsbot/slacksim/blockkit"
	"opsbot/slacksim/workspace"
)

// errTrouble is, in Slack's words, what the modal says when the ack is late or makes no sense
// (SF-1.28).
var errTrouble = errors.New("We had some trouble connecting. Try again?")

// ViewAnswer is the payload of a view_submission's ack (SF-3.8).
type ViewAnswer struct {
	ResponseAction string            `json:"response_action"`
	Errors         map[string]string `json:"errors,omitempty"`
	View           json.RawMessage   `json:"view,omitempty"`
}

// Submit sends a modal off. Missing required inputs are reported without
// asking the app, as Slack's clients do; then pending is nil.
func (w *Client) Submit(u *workspace.Person, v *workspace.View, values blockkit.State) (Pending, map[string]string, error) {
	if v.User != u.ID || w.Views.Top(u.ID) != v {
		return nil, nil, fmt.Errorf("the view %s is not on top of %s's screen", v.ID, u.Name)
	}
	for block, actions := range values {
		for action, value := range actions {
			if _, element := blockkit.Find(v.Blocks, blockkit.ByIDs(block, action)); element == nil {
				return nil, nil, fmt.Errorf("the view has no element %s/%s", block, action)
			}
			v.State.Set(block, action, value)
		}
	}
	if missing := missingInputs(v); len(missing) > 0 {
		return nil, missing, nil
	}
	payload := w.interaction("view_submission", u)
	payload["trigger_id"] = w.NewTrigger(u.ID, v.ID)
	payload["view"] = w.ViewAPI(v)
	payload["response_urls"] = w.responseURLs(u, v)
	return w.ask("interactive", "view_submission "+v.Str("callback_id"), payload, func(ack json.RawMessage, err error) error {
		if err != nil {
			return errTrouble
		}
		return w.viewAnswered(v, ack)
	}), nil, nil
}

// missingInputs are the required inputs that hold nothing.
func missingInputs(v *workspace.View) map[string]string {
	values := blockkit.Values(v.Blocks, v.State)
	missing := map[string]string{}
	blocks, _ := blockkit.Decode(v.Blocks)
	for _, b := range blocks {
		optional, _ := b["optional"].(bool)
		if b["type"] != "input" || optional {
			continue
		}
		id := blockkit.String(b["block_id"])
		for _, value := range values[id] {
			if blockkit.IsEmpty(value) {
				missing[id] = "Please complete this required field."
			}
		}
	}
	return missing
}

// responseURLs are the hooks of selects with response_url_enabled (SF-3.9).
func (w *Client) responseURLs(u *workspace.Person, v *workspace.View) []obj {
	out := []obj{}
	blocks, _ := blockkit.Decode(v.Blocks)
	for _, b := range blocks {
		e, _ := b["element"].(map[string]any)
		if enabled, _ := e["response_url_enabled"].(bool); !enabled {
			continue
		}
		block, action := blockkit.String(b["block_id"]), blockkit.String(e["action_id"])
		value := blockkit.Values(v.Blocks, v.State)[block][action]
		id := blockkit.String(value["selected_conversation"]) + blockkit.String(value["selected_channel"])
		if c := w.Channels.ByID[id]; c != nil {
			_, link := w.NewResponseURL(u.ID, c, nil)
			out = append(out, obj{"block_id": block, "action_id": action, "channel_id": id, "response_url": link})
		}
	}
	return out
}

// viewAnswered does what the ack says; anything odd leaves the modal open.
func (w *Client) viewAnswered(v *workspace.View, ack json.RawMessage) error {
	var a ViewAnswer
	if len(ack) > 0 && json.Unmarshal(ack, &a) != nil {
		return w.badViewAnswer(v, "it is not a JSON object")
	}
	switch a.ResponseAction {
	case "":
		if len(ack) > 0 && strings.TrimSpace(string(ack)) != "{}" {
			return w.badViewAnswer(v, "it has a payload but no response_action")
		}
		if w.Views.Top(v.User) == v {
			w.Hide(v.User, 1)
		}
		return nil
	case "clear":
		w.HideAll(v.User)
		return nil
	case "errors":
		return w.checkErrors(v, a.Errors)
	case "update", "push":
		return w.showAnswer(v, &a)
	default:
		return w.badViewAnswer(v, fmt.Sprintf("response_action %q is unknown", a.ResponseAction))
	}
}

func (w *Client) badViewAnswer(v *workspace.View, reason string) error {
	w.Violate(workspace.ViolationAckInvalid, "the ack for view_submission %s: %s", v.Str("callback_id"), reason)
	return errTrouble
}

func (w *Client) checkErrors(v *workspace.View, texts map[string]string) error {
	if len(texts) == 0 {
		return w.badViewAnswer(v, "errors is empty")
	}
	inputs := map[string]bool{}
	blocks, _ := blockkit.Decode(v.Blocks)
	for _, b := range blocks {
		inputs[blockkit.String(b["block_id"])] = b["type"] == "input"
	}
	for id := range texts {
		if !inputs[id] {
			return w.badViewAnswer(v, fmt.Sprintf("errors names %q, which is no input block", id))
		}
	}
	return nil
}

func (w *Client) showAnswer(v *workspace.View, a *ViewAnswer) error {
	body, err := w.CheckView("view_submission ack", a.View, "modal")
	if err != nil {
		return w.badViewAnswer(v, err.Error())
	}
	if a.ResponseAction == "update" {
		w.UpdateView(v, body)
		return nil
	}
	if len(w.Views.Stacks[v.User]) >= workspace.MaxStack {
		return w.badViewAnswer(v, "push_limit_reached")
	}
	w.PushView(v.User, body)
	return nil
}

// CloseView dismisses a modal: Cancel takes one view off, the x the whole
// stack (SF-3.6).
func (w *Client) CloseView(u *workspace.Person, v *workspace.View, all bool) error {
	if v.User != u.ID || w.Views.Top(u.ID) != v {
		return fmt.Errorf("the view %s is not on top of %s's screen", v.ID, u.Name)
	}
	closed := v
	if all {
		closed = w.Views.Stacks[u.ID][0]
		w.HideAll(u.ID)
	} else if w.Hide(u.ID, 1); v.Flag("clear_on_close") {
		w.HideAll(u.ID)
	}
	if closed.Flag("notify_on_close") && w.Manifest.Settings.Interactivity.IsEnabled {
		payload := w.interaction("view_closed", u)
		seen := w.ViewAPI(closed)
		seen["state"] = obj{"values": obj{}}
		payload["view"] = seen
		payload["is_cleared"] = all
		w.ask("interactive", "view_closed "+closed.Str("callback_id"), payload, w.noPayload("view_closed"))
	}
	return nil
}
