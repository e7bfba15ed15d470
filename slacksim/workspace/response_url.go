package workspace

import (
	"time"
)

// Rules of response_url (SF-2.6).
const (
	hookLife     = 30 * time.Minute
	MaxResponses = 5
	maxHooks     = 10000
)

// ResponseURL is one response_url.
type ResponseURL struct {
	user    string
	Channel *Channel
	Source  *Message // what replace_original and delete_original act on
	Expires time.Time
	Uses    int
}

type responseURLs struct {
	ByID  map[string]*ResponseURL
	order []string
}

func (r *responseURLs) init() { r.ByID = map[string]*ResponseURL{} }

// NewResponseURL makes a response_url for a user in a channel, and its address.
func (w *Workspace) NewResponseURL(user string, c *Channel, source *Message) (*ResponseURL, string) {
	id := w.RandomHex(12)
	h := &ResponseURL{user: user, Channel: c, Source: source, Expires: w.Options.Clock.Now().Add(hookLife)}
	w.Hooks.ByID[id] = h
	w.Hooks.order = append(w.Hooks.order, id)
	if len(w.Hooks.order) > maxHooks {
		delete(w.Hooks.ByID, w.Hooks.order[0])
		w.Hooks.order = w.Hooks.order[1:]
	}
	return h, w.URL() + "/hooks/" + id
}
