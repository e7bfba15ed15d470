package workspace

import (
	"encoding/json"
	"maps"

	"opsbot/slacksim/blockkit"
)

// Limits on views (SF-3.10).
const (
	maxViewBytes = 250_000
	MaxStack     = 3
)

// View is a modal or a Home tab of one person.
type View struct {
	ID, Kind, User string
	root, previous string
	Hash           string
	Body           map[string]any
	Blocks         json.RawMessage
	State          blockkit.State
}

type views struct {
	ByID   map[string]*View
	Home   map[string]*View
	Stacks map[string][]*View
}

func (v *views) init() {
	v.ByID = map[string]*View{}
	v.Home = map[string]*View{}
	v.Stacks = map[string][]*View{}
}

func (v *views) Top(user string) *View {
	stack := v.Stacks[user]
	if len(stack) == 0 {
		return nil
	}
	return stack[len(stack)-1]
}

func (v *views) External(id string) *View {
	for _, x := range v.ByID {
		if s, _ := x.Body["external_id"].(string); s == id && id != "" {
			return x
		}
	}
	return nil
}

// CheckView validates what the app wants to show.
func (w *Workspace) CheckView(route string, raw json.RawMessage, kind string) (map[string]any, error) {
	if len(raw) > maxViewBytes {
		return nil, fail("view_too_large")
	}
	list, err := blockkit.Decode(append(append([]byte("["), raw...), ']'))
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

// NewView makes a view that nobody sees yet.
func (w *Workspace) NewView(user string, body map[string]any) *View {
	v := &View{ID: w.NewID("V"), User: user, State: blockkit.State{}}
	v.Kind, _ = body["type"].(string)
	v.root = v.ID
	w.fillView(v, body)
	w.Views.ByID[v.ID] = v
	return v
}

// fillView gives the view new content; what was entered stays where block_id
// and action_id stay the same (SF-3.12).
func (w *Workspace) fillView(v *View, body map[string]any) {
	list, _ := body["blocks"].([]any)
	blocks := make([]map[string]any, 0, len(list))
	for _, b := range list {
		if m, ok := b.(map[string]any); ok {
			blocks = append(blocks, m)
		}
	}
	v.Body = body
	v.Blocks = w.withIDs(blocks)
	v.Hash = w.NewTS() + "." + w.shortID()
	kept := blockkit.State{}
	blockkit.Walk(blocks, func(b, e map[string]any) {
		block, _ := b["block_id"].(string)
		action, _ := e["action_id"].(string)
		if value, ok := v.State[block][action]; ok {
			kept.Set(block, action, value)
		}
	})
	v.State = kept
}

// Str is a text property of the view.
func (v *View) Str(key string) string {
	s, _ := v.Body[key].(string)
	return s
}

// Flag is a boolean property of the view.
func (v *View) Flag(key string) bool {
	b, _ := v.Body[key].(bool)
	return b
}

// ViewAPI is the view object of the Web API and of payloads.
func (w *Workspace) ViewAPI(v *View) map[string]any {
	o := obj{
		"id": v.ID, "team_id": w.Team.ID, "type": v.Kind, "blocks": v.Blocks, "private_metadata": v.Str("private_metadata"),
		"callback_id": v.Str("callback_id"), "state": obj{"values": blockkit.Values(v.Blocks, v.State)}, "hash": v.Hash,
		"clear_on_close": v.Flag("clear_on_close"), "notify_on_close": v.Flag("notify_on_close"), "root_view_id": v.root,
		"previous_view_id": nil, "app_id": w.App.ID, "external_id": v.Str("external_id"), "app_installed_team_id": w.Team.ID,
		"bot_id": w.App.BotID, "title": v.Body["title"], "close": v.Body["close"], "submit": v.Body["submit"],
	}
	if v.previous != "" {
		o["previous_view_id"] = v.previous
	}
	maps.DeleteFunc(o, func(key string, value any) bool { return value == nil && key != "previous_view_id" })
	return o
}

// PushView shows a modal above the one on top.
func (w *Workspace) PushView(user string, body map[string]any) *View {
	top := w.Views.Top(user)
	v := w.NewView(user, body)
	v.root, v.previous = top.root, top.ID
	w.Show(v)
	return v
}

// UpdateView shows new content in a view.
func (w *Workspace) UpdateView(v *View, body map[string]any) {
	w.fillView(v, body)
	event := "view"
	if v.Kind == "home" {
		event = "home"
	}
	w.Pages.View(event, v)
	w.Waiters.Bump()
}

// Show puts a modal on top of its person's stack.
func (w *Workspace) Show(v *View) {
	w.Views.Stacks[v.User] = append(w.Views.Stacks[v.User], v)
	w.Pages.View("view", v)
	w.Waiters.Bump()
}

// Hide takes the topmost n modals of a person away.
func (w *Workspace) Hide(user string, n int) {
	stack := w.Views.Stacks[user]
	for range n {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		delete(w.Views.ByID, v.ID)
		w.Pages.Send(user, obj{"type": "view_gone", "view_id": v.ID})
	}
	w.Views.Stacks[user] = stack
	if len(stack) == 0 {
		delete(w.Views.Stacks, user)
	} else {
		w.Pages.View("view", stack[len(stack)-1])
	}
	w.Waiters.Bump()
}

// HideAll takes all modals of a person away.
func (w *Workspace) HideAll(user string) {
	if n := len(w.Views.Stacks[user]); n > 0 {
		w.Hide(user, n)
	}
}
