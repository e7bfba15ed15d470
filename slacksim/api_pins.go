package slacksim

import (
	"slices"
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
	case len(ch.pins) >= maxPins:
		return nil, refuse("too_many_pins")
	}
	m.Pinned = true
	ch.pins = append(ch.pins, m)
	w.pages.Message("message_changed", ch, m)
	w.raise("pin_added", obj{"type": "pin_added", "user": w.app.botUser, "channel_id": ch.id, "item": obj{"type": "message", "channel": ch.id}})
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
	ch.pins = slices.DeleteFunc(ch.pins, func(x *message) bool { return x == m })
	w.pages.Message("message_changed", ch, m)
	return nil, nil
}

func pinsList(w *API, c *call) (obj, error) {
	ch, err := c.memberChannel("channel")
	if err != nil {
		return nil, err
	}
	items := []obj{}
	for _, m := range ch.pins {
		items = append(items, obj{"type": "message", "channel": ch.id, "message": w.messageAPI(m, false), "created_by": w.app.botUser})
	}
	return obj{"items": items}, nil
}
