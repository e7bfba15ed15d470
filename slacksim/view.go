package slacksim

import (
	"encoding/json"
	"maps"

	"opsbot/slacksim/blockkit"
)

// Limits on views (SF-3.10).
const (
	maxViewBytes = 250_000
	maxStack     = 3
)

// view is a modal or a Home tab of one person.
type view struct {
	id, kind, user string
	root, previous string
	hash           string
	body           map[string]any
	blocks         json.RawMessage
	state          viewState
}

type views struct {
	byID   map[string]*view
	home   map[string]*view
	stacks map[string][]*view
}

func (v *views) init() {
	v.byID = map[string]*view{}
	v.home = map[string]*view{}
	v.stacks = map[string][]*view{}
}

func (v *views) top(user string) *view {
	stack := v.stacks[user]
	if len(stack) == 0 {
		return nil
	}
	return stack[len(stack)-1]
}

func (v *views) external(id string) *view {
	for _, x := range v.byID {
		if s, _ := x.body["external_id"].(string); s == id && id != "" {
			return x
		}
	}
	return nil
}

// checkView validates what the app wants to show.
func (w *core) checkView(route string, raw json.RawMessage, kind string) (map[string]any, error) {
	if len(raw) > maxViewBytes {
		return nil, fail("view_too_large")
	}
	list, err := decodeObjects(append(append([]byte("["), raw...), ']'))
	if err != nil || len(list) != 1 {
		return nil, failArgument("must provide an object [json-pointer:/view]")
	}
	if err := w.blockErrors(route, blockkit.View(raw), "invalid_arguments", false); err != nil {
		return nil, err
	}
	body := list[0]
	if body["type"] != kind {
		return nil, failArgument("must be a valid enum value [json-pointer:/view/type]")
	}
	return body, nil
}

// newView makes a view that nobody sees yet.
func (w *core) newView(user string, body map[string]any) *view {
	v := &view{id: w.newID("V"), user: user, state: viewState{}}
	v.kind, _ = body["type"].(string)
	v.root = v.id
	w.fillView(v, body)
	w.views.byID[v.id] = v
	return v
}

// fillView gives the view new content; what was entered stays where block_id
// and action_id stay the same (SF-3.12).
func (w *core) fillView(v *view, body map[string]any) {
	list, _ := body["blocks"].([]any)
	blocks := make([]map[string]any, 0, len(list))
	for _, b := range list {
		if m, ok := b.(map[string]any); ok {
			blocks = append(blocks, m)
		}
	}
	v.body = body
	v.blocks = w.withIDs(blocks)
	v.hash = w.newTS() + "." + w.shortID()
	kept := viewState{}
	walkElements(blocks, func(b, e map[string]any) {
		block, _ := b["block_id"].(string)
		action, _ := e["action_id"].(string)
		if value, ok := v.state[block][action]; ok {
			kept.set(block, action, value)
		}
	})
	v.state = kept
}

func (v *view) str(key string) string {
	s, _ := v.body[key].(string)
	return s
}

func (v *view) flag(key string) bool {
	b, _ := v.body[key].(bool)
	return b
}

// viewAPI is the view object of the Web API and of payloads.
func (w *core) viewAPI(v *view) obj {
	o := obj{
		"id": v.id, "team_id": w.team.id, "type": v.kind, "blocks": v.blocks, "private_metadata": v.str("private_metadata"),
		"callback_id": v.str("callback_id"), "state": obj{"values": stateValues(v.blocks, v.state)}, "hash": v.hash,
		"clear_on_close": v.flag("clear_on_close"), "notify_on_close": v.flag("notify_on_close"), "root_view_id": v.root,
		"previous_view_id": nil, "app_id": w.app.id, "external_id": v.str("external_id"), "app_installed_team_id": w.team.id,
		"bot_id": w.app.botID, "title": v.body["title"], "close": v.body["close"], "submit": v.body["submit"],
	}
	if v.previous != "" {
		o["previous_view_id"] = v.previous
	}
	maps.DeleteFunc(o, func(key string, value any) bool { return value == nil && key != "previous_view_id" })
	return o
}

// pushView shows a modal above the one on top.
func (w *core) pushView(user string, body map[string]any) *view {
	top := w.views.top(user)
	v := w.newView(user, body)
	v.root, v.previous = top.root, top.id
	w.show(v)
	return v
}

// updateView shows new content in a view.
func (w *core) updateView(v *view, body map[string]any) {
	w.fillView(v, body)
	event := "view"
	if v.kind == "home" {
		event = "home"
	}
	w.pages.View(event, v)
	w.waiters.bump()
}

// show puts a modal on top of its person's stack.
func (w *core) show(v *view) {
	w.views.stacks[v.user] = append(w.views.stacks[v.user], v)
	w.pages.View("view", v)
	w.waiters.bump()
}

// hide takes the topmost n modals of a person away.
func (w *core) hide(user string, n int) {
	stack := w.views.stacks[user]
	for range n {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		delete(w.views.byID, v.id)
		w.pages.Send(user, obj{"type": "view_gone", "view_id": v.id})
	}
	w.views.stacks[user] = stack
	if len(stack) == 0 {
		delete(w.views.stacks, user)
	} else {
		w.pages.View("view", stack[len(stack)-1])
	}
	w.waiters.bump()
}

func (w *core) hideAll(user string) {
	if n := len(w.views.stacks[user]); n > 0 {
		w.hide(user, n)
	}
}
