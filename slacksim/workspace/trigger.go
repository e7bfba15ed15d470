package workspace

import (
	"fmt"
	"time"
)

// triggerLife is how long a trigger_id may be used (SF-3.1).
const triggerLife = 3 * time.Second

// maxTriggers bounds how many are remembered to tell expired from invalid.
const maxTriggers = 10000

// Trigger lets the app open one view for the person who caused it.
type Trigger struct {
	User    string
	View    string // the modal it came from, "" elsewhere
	expires time.Time
	Used    bool
}

type triggers struct {
	byID  map[string]*Trigger
	order []string
}

func (t *triggers) init() { t.byID = map[string]*Trigger{} }

// NewTrigger returns an id of the form digits.digits.hex.
func (w *Workspace) NewTrigger(user, view string) string {
	id := fmt.Sprintf("%d.%d.%s", w.Rand.Uint32(), w.Rand.Uint32(), w.RandomHex(16))
	w.triggers.byID[id] = &Trigger{User: user, View: view, expires: w.Options.Clock.Now().Add(triggerLife)}
	w.triggers.order = append(w.triggers.order, id)
	if len(w.triggers.order) > maxTriggers {
		delete(w.triggers.byID, w.triggers.order[0])
		w.triggers.order = w.triggers.order[1:]
	}
	return id
}

// CheckTrigger returns a trigger that may still be used.
func (w *Workspace) CheckTrigger(id string) (*Trigger, error) {
	t := w.triggers.byID[id]
	switch {
	case t == nil:
		return nil, &APIError{Code: "invalid_trigger_id", Messages: []string{"[ERROR] invalid `trigger_id`"}}
	case t.Used:
		return nil, fail("exchanged_trigger_id")
	case w.Options.Clock.Now().After(t.expires):
		return nil, fail("expired_trigger_id")
	}
	return t, nil
}
