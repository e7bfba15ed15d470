package slacksim

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// errTrouble is, in Slack's words, what the modal says when the ack is late or makes no sense
// (SF-1.28).
var errTrouble = errors.New("We had some trouble connecting. Try again?")

// viewAnswer is the payload of a view_submission's ack (SF-3.8).
type viewAnswer struct {
	ResponseAction string            `json:"response_action"`
	Errors         map[string]string `json:"errors,omitempty"`
	View           json.RawMessage   `json:"view,omitempty"`
}

// submit sends a modal off. Missing required inputs are reported without
// asking the app, as Slack's clients do; then pending is nil.
func (w *Client) submit(u *person, v *view, values viewState) (pending, map[string]string, error) {
	if v.user != u.id || w.views.top(u.id) != v {
		return nil, nil, fmt.Errorf("the view %s is not on top of %s's screen", v.id, u.name)
	}
	for block, actions := range values {
		for action, value := range actions {
			if _, element := findElement(v.blocks, byIDs(block, action)); element == nil {
				return nil, nil, fmt.Errorf("the view has no element %s/%s", block, action)
			}
			v.state.set(block, action, value)
		}
	}
	if missing := missingInputs(v); len(missing) > 0 {
		return nil, missing, nil
	}
	payload := w.interaction("view_submission", u)
	payload["trigger_id"] = w.newTrigger(u.id, v.id)
	payload["view"] = w.viewAPI(v)
	payload["response_urls"] = w.responseURLs(u, v)
	return w.ask("interactive", "view_submission "+v.str("callback_id"), payload, func(ack json.RawMessage, err error) error {
		if err != nil {
			return errTrouble
		}
		return w.viewAnswered(v, ack)
	}), nil, nil
}

// missingInputs are the required inputs that hold nothing.
func missingInputs(v *view) map[string]string {
	values := stateValues(v.blocks, v.state)
	missing := map[string]string{}
	blocks, _ := decodeObjects(v.blocks)
	for _, b := range blocks {
		optional, _ := b["optional"].(bool)
		if b["type"] != "input" || optional {
			continue
		}
		id := stringOf(b["block_id"])
		for _, value := range values[id] {
			if isEmptyValue(value) {
				missing[id] = "Please complete this required field."
			}
		}
	}
	return missing
}

// responseURLs are the hooks of selects with response_url_enabled (SF-3.9).
func (w *Client) responseURLs(u *person, v *view) []obj {
	out := []obj{}
	blocks, _ := decodeObjects(v.blocks)
	for _, b := range blocks {
		e, _ := b["element"].(map[string]any)
		if enabled, _ := e["response_url_enabled"].(bool); !enabled {
			continue
		}
		block, action := stringOf(b["block_id"]), stringOf(e["action_id"])
		value := stateValues(v.blocks, v.state)[block][action]
		id := stringOf(value["selected_conversation"]) + stringOf(value["selected_channel"])
		if c := w.channels.byID[id]; c != nil {
			_, link := w.newHook(u.id, c, nil)
			out = append(out, obj{"block_id": block, "action_id": action, "channel_id": id, "response_url": link})
		}
	}
	return out
}

// viewAnswered does what the ack says; anything odd leaves the modal open.
func (w *Client) viewAnswered(v *view, ack json.RawMessage) error {
	var a viewAnswer
	if len(ack) > 0 && json.Unmarshal(ack, &a) != nil {
		return w.badViewAnswer(v, "it is not a JSON object")
	}
	switch a.ResponseAction {
	case "":
		if len(ack) > 0 && strings.TrimSpace(string(ack)) != "{}" {
			return w.badViewAnswer(v, "it has a payload but no response_action")
		}
		if w.views.top(v.user) == v {
			w.hide(v.user, 1)
		}
		return nil
	case "clear":
		w.hideAll(v.user)
		return nil
	case "errors":
		return w.checkErrors(v, a.Errors)
	case "update", "push":
		return w.showAnswer(v, &a)
	default:
		return w.badViewAnswer(v, fmt.Sprintf("response_action %q is unknown", a.ResponseAction))
	}
}

func (w *Client) badViewAnswer(v *view, reason string) error {
	w.violate(violationAckInvalid, "the ack for view_submission %s: %s", v.str("callback_id"), reason)
	return errTrouble
}

func (w *Client) checkErrors(v *view, texts map[string]string) error {
	if len(texts) == 0 {
		return w.badViewAnswer(v, "errors is empty")
	}
	inputs := map[string]bool{}
	blocks, _ := decodeObjects(v.blocks)
	for _, b := range blocks {
		inputs[stringOf(b["block_id"])] = b["type"] == "input"
	}
	for id := range texts {
		if !inputs[id] {
			return w.badViewAnswer(v, fmt.Sprintf("errors names %q, which is no input block", id))
		}
	}
	return nil
}

func (w *Client) showAnswer(v *view, a *viewAnswer) error {
	body, err := w.checkView("view_submission ack", a.View, "modal")
	if err != nil {
		return w.badViewAnswer(v, err.Error())
	}
	if a.ResponseAction == "update" {
		w.updateView(v, body)
		return nil
	}
	if len(w.views.stacks[v.user]) >= maxStack {
		return w.badViewAnswer(v, "push_limit_reached")
	}
	w.pushView(v.user, body)
	return nil
}

// closeView dismisses a modal: Cancel takes one view off, the x the whole
// stack (SF-3.6).
func (w *Client) closeView(u *person, v *view, all bool) error {
	if v.user != u.id || w.views.top(u.id) != v {
		return fmt.Errorf("the view %s is not on top of %s's screen", v.id, u.name)
	}
	closed := v
	if all {
		closed = w.views.stacks[u.id][0]
		w.hideAll(u.id)
	} else if w.hide(u.id, 1); v.flag("clear_on_close") {
		w.hideAll(u.id)
	}
	if closed.flag("notify_on_close") && w.manifest.Settings.Interactivity.IsEnabled {
		payload := w.interaction("view_closed", u)
		seen := w.viewAPI(closed)
		seen["state"] = obj{"values": obj{}}
		payload["view"] = seen
		payload["is_cleared"] = all
		w.ask("interactive", "view_closed "+closed.str("callback_id"), payload, w.noPayload("view_closed"))
	}
	return nil
}
