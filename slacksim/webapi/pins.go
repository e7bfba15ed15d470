package webapi

import (
	"slices"

	"opsbot/slacksim/workspace"
)

// maxPins is per channel (SF-6.20).
const maxPins = 100

func pinMethods() []method {
	write := []string{"pins:write"}
	return []method{
		{name: "pins.add", tier: tier2, scopes: write, run: pinsAdd},
		{name: "pins.remove", tier: tier2, scopes: write, run: pinsRemove},
		{name: "pins.list", tier: tier2, scopes: []string{"pins:read"}, run: pinsList},
	}
}

func pinsAdd(w *API, c *call) (obj, error) {
	ch, m, err := c.marked()
	switch {
	case err != nil:
		return nil, err
	case m.Pinned:
		return nil, refuse("already_pinned")
	case len(ch.Pins) >= maxPins:
		return nil, refuse("too_many_pins")
	}
	m.Pinned = true
	ch.Pins = append(ch.Pins, m)
	w.Pages.Message("message_changed", ch, m)
	w.Raise("pin_added", obj{"type": "pin_added", "user": w.App.BotUser, "channel_id": ch.ID, "item": obj{"type": "message", "channel": ch.ID}})
	return nil, nil
}

func pinsRemove(w *API, c *call) (obj, error) {
	ch, m, err := c.marked()
	switch {
	case err != nil:
		return nil, err
	case !m.Pinned:
		return nil, refuse("no_pin")
	}
	m.Pinned = false
	ch.Pins = slices.DeleteFunc(ch.Pins, func(x *workspace.Message) bool { return x == m })
	w.Pages.Message("message_changed", ch, m)
	return nil, nil
}

func pinsList(w *API, c *call) (obj, error) {
	ch, err := c.memberChannel("channel")
	if err != nil {
		return nil, err
	}
	items := []obj{}
	for _, m := range ch.Pins {
		items = append(items, obj{"type": "message", "channel": ch.ID, "message": w.MessageAPI(m, false), "created_by": w.App.BotUser})
	}
	return obj{"items": items}, nil
}
