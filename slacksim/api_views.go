package slacksim

import "encoding/json"

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
func (w *API) modal(c *call) (map[string]any, *trigger, error) {
	raw, err := c.need("view")
	if err != nil {
		return nil, nil, err
	}
	body, err := w.checkView(c.method.name, json.RawMessage(raw), "modal")
	if err != nil {
		return nil, nil, err
	}
	if ext, _ := body["external_id"].(string); w.views.external(ext) != nil {
		return nil, nil, refuse("duplicate_external_id")
	}
	t, err := w.checkTrigger(c.str("trigger_id"))
	return body, t, err
}

func viewsOpen(w *API, c *call) (obj, error) {
	body, t, err := w.modal(c)
	if err != nil {
		return nil, err
	}
	t.used = true
	w.hideAll(t.user)
	v := w.newView(t.user, body)
	w.show(v)
	return obj{"view": w.viewAPI(v)}, nil
}

func viewsPush(w *API, c *call) (obj, error) {
	body, t, err := w.modal(c)
	if err != nil {
		return nil, err
	}
	below := w.views.byID[t.view]
	switch {
	case below != nil && below.kind == "home": // SF-3.13
		return nil, refuseArgument("must match the `type` of the root view whose stack we're pushing onto [json-pointer:/view/type]")
	case below == nil || w.views.top(t.user) == nil:
		return nil, refuse("invalid_trigger_id")
	case len(w.views.stacks[t.user]) >= maxStack:
		return nil, refuse("push_limit_reached")
	}
	t.used = true
	v := w.pushView(t.user, body)
	return obj{"view": w.viewAPI(v)}, nil
}

func viewsUpdate(w *API, c *call) (obj, error) {
	raw, err := c.need("view")
	if err != nil {
		return nil, err
	}
	v := w.views.byID[c.str("view_id")]
	if v == nil {
		v = w.views.external(c.str("external_id"))
	}
	if v == nil {
		return nil, refuse("not_found")
	}
	body, err := w.checkView(c.method.name, json.RawMessage(raw), v.kind)
	if err != nil {
		return nil, err
	}
	if h := c.str("hash"); h != "" && h != v.hash {
		return nil, refuse("hash_conflict")
	}
	if x := w.views.external(stringOf(body["external_id"])); x != nil && x != v {
		return nil, refuse("duplicate_external_id")
	}
	w.updateView(v, body)
	return obj{"view": w.viewAPI(v)}, nil
}

func viewsPublish(w *API, c *call) (obj, error) {
	if !w.manifest.Features.AppHome.HomeTabEnabled { // SF-3.11
		return nil, refuse("not_enabled")
	}
	user := c.str("user_id")
	if w.people.byID[user] == nil {
		return nil, refuseArgument("invalid `user_id`")
	}
	raw, err := c.need("view")
	if err != nil {
		return nil, err
	}
	body, err := w.checkView(c.method.name, json.RawMessage(raw), "home")
	if err != nil {
		return nil, err
	}
	v := w.views.home[user]
	if h := c.str("hash"); v != nil && h != "" && h != v.hash {
		return nil, refuse("hash_conflict")
	}
	if v == nil {
		v = w.newView(user, body)
		w.views.home[user] = v
	}
	w.updateView(v, body)
	return obj{"view": w.viewAPI(v)}, nil
}
