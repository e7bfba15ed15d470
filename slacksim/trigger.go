package slacksim

import (
	"fmt"
	"time"
)

// triggerLife is how long a trigger_id may be used (SF-3.1).
const triggerLife = 3 * time.Second

// maxTriggers bounds how many are remembered to tell expired from invalid.
const maxTriggers = 10000

// trigger lets the app open one view for the person who caused it.
type trigger struct {
	user    string
	view    string // the modal it came from, "" elsewhere
	expires time.Time
	used    bool
}

type triggers struct {
	byID  map[string]*trigger
	order []string
}

func (t *triggers) init() { t.byID = map[string]*trigger{} }

// newTrigger returns an id of the form digits.digits.hex.
func (w *core) newTrigger(user, view string) string {
	id := fmt.Sprintf("%d.%d.%s", w.rand.Uint32(), w.rand.Uint32(), w.randomHex(16))
	w.triggers.byID[id] = &trigger{user: user, view: view, expires: w.opts.Clock.Now().Add(triggerLife)}
	w.triggers.order = append(w.triggers.order, id)
	if len(w.triggers.order) > maxTriggers {
		delete(w.triggers.byID, w.triggers.order[0])
		w.triggers.order = w.triggers.order[1:]
	}
	return id
}

func (w *core) checkTrigger(id string) (*trigger, error) {
	t := w.triggers.byID[id]
	switch {
	case t == nil:
		return nil, &apiError{code: "invalid_trigger_id", messages: []string{"[ERROR] invalid `trigger_id`"}}
	case t.used:
		return nil, fail("exchanged_trigger_id")
	case w.opts.Clock.Now().After(t.expires):
		return nil, fail("expired_trigger_id")
	}
	return t, nil
}
