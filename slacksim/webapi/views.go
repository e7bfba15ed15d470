package webapi

import (
	"encoding/json"

	"opsbot/slacksim/blockkit"
	"opsbot/slacksim/workspace"
)

func viewMethods() []method {
	return []method{
		{name: "views.open", tier: tier4, run: viewsOpen},
		{name: "views.push", tier: tier4, run: viewsPush},
		{name: "views.update", tier: tier4, run: viewsUpdate},
		{name: "views.publish", tier: tier4, run: viewsPublish},
	}
}

// modal validates the view first and the trigger second, and leaves the
// trigger unspent when either is refused (SF-3.2).
func (w *API) modal(c *call) (map[string]any, *workspace.Trigger, error) {
	raw, err := c.need("view")
	if err != nil {
		return nil, nil, err
	}
	body, err := w.CheckView(c.method.name, json.RawMessage(raw), "modal")
	if err != nil {
		return nil, nil, err
	}
	if ext, _ := body["external_id"].(string); w.Views.External(ext) != nil {
		return nil, nil, refuse("duplicate_external_id")
	}
	t, err := w.CheckTrigger(c.str("trigger_id"))
	return body, t, err
}

func viewsOpen(w *API, c *call) (obj, error) {
	body, t, err := w.modal(c)
	if err != nil {
		return nil, err
	}
	t.Used = true
	w.HideAll(t.User)
	v := w.NewView(t.User, body)
	w.Show(v)
	return obj{"view": w.ViewAPI(v)}, nil
}

func viewsPush(w *API, c *call) (obj, error) {
	body, t, err := w.modal(c)
	if err != nil {
		return nil, err
	}
	below := w.Views.ByID[t.View]
	switch {
	case below != nil && below.Kind == "home": // SF-3.13
		return nil, refuseArgument("must match the `type` of the root view whose stack we're pushing onto [json-pointer:/view/type]")
	case below == nil || w.Views.Top(t.User) == nil:
		return nil, refuse("invalid_trigger_id")
	case len(w.Views.Stacks[t.User]) >= workspace.MaxStack:
		return nil, refuse("push_limit_reached")
	}
	t.Used = true
	v := w.PushView(t.User, body)
	return obj{"view": w.ViewAPI(v)}, nil
}

func viewsUpdate(w *API, c *call) (obj, error) {
	raw, err := c.need("view")
	if err != nil {
		return nil, err
	}
	v := w.Views.ByID[c.str("view_id")]
	if v == nil {
		v = w.Views.External(c.str("external_id"))
	}
	if v == nil {
		return nil, refuse("not_found")
	}
	body, err := w.CheckView(c.method.name, json.RawMessage(raw), v.Kind)
	if err != nil {
		return nil, err
	}
	if h := c.str("hash"); h != "" && h != v.Hash {
		return nil, refuse("hash_conflict")
	}
	if x := w.Views.External(blockkit.String(body["external_id"])); x != nil && x != v {
		return nil, refuse("duplicate_external_id")
	}
	w.UpdateView(v, body)
	return obj{"view": w.ViewAPI(v)}, nil
}

func viewsPublish(w *API, c *call) (obj, error) {
	if !w.Manifest.Features.AppHome.HomeTabEnabled { // SF-3.11
		return nil, refuse("not_enabled")
	}
	user := c.str("user_id")
	if w.People.ByID[user] == nil {
		return nil, refuseArgument("invalid `user_id`")
	}
	raw, err := c.need("view")
	if err != nil {
		return nil, err
	}
	body, err := w.CheckView(c.method.name, json.RawMessage(raw), "home")
	if err != nil {
		return nil, err
	}
	v := w.Views.Home[user]
	if h := c.str("hash"); v != nil && h != "" && h != v.Hash {
		return nil, refuse("hash_conflict")
	}
	if v == nil {
		v = w.NewView(user, body)
		w.Views.Home[user] = v
	}
	w.UpdateView(v, body)
	return obj{"view": w.ViewAPI(v)}, nil
}
