package slacksim

import (
	"time"
)

// Rules of response_url (SF-2.6).
const (
	hookLife = 30 * time.Minute
	hookUses = 5
	maxHooks = 10000
)

// hook is one response_url.
type hook struct {
	user    string
	channel *channel
	source  *message // what replace_original and delete_original act on
	expires time.Time
	uses    int
}

type responseURLs struct {
	byID  map[string]*hook
	order []string
}

func (r *responseURLs) init() { r.byID = map[string]*hook{} }

func (w *core) newHook(user string, c *channel, source *message) (*hook, string) {
	id := w.randomHex(12)
	h := &hook{user: user, channel: c, source: source, expires: w.opts.Clock.Now().Add(hookLife)}
	w.hooks.byID[id] = h
	w.hooks.order = append(w.hooks.order, id)
	if len(w.hooks.order) > maxHooks {
		delete(w.hooks.byID, w.hooks.order[0])
		w.hooks.order = w.hooks.order[1:]
	}
	return h, w.URL() + "/hooks/" + id
}
