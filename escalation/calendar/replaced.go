package calendar

import (
	"strings"

	"github.com/emersion/go-ical"
)

// replacement is an occurrence of a recurring event in whose place another event stands (RECURRENCE-ID).
type replacement struct {
	moment
	// andLater: all later occurrences too (RANGE=THISANDFUTURE).
	andLater bool
}

// replacements are those of recurring events, by UID. One whose own event is broken or cancelled counts: that the occurrence is not
// what it was is known all the same.
func (t times) replacements(events []*ical.Component) map[string][]replacement {
	found := map[string][]replacement{}
	for _, e := range events {
		if e.Props.Get(ical.PropRecurrenceID) == nil {
			continue
		}
		m, problem := t.of(e, ical.PropRecurrenceID)
		if problem != nil {
			continue // the event is left out for it
		}
		uid := valueOf(e, ical.PropUID)
		found[uid] = append(found[uid], replacement{m, changesLater(e)})
	}
	return found
}

func (r replacement) covers(occurrence moment) bool {
	return r.means(occurrence) || r.andLater && occurrence.at.After(r.at)
}

func changesLater(e *ical.Component) bool {
	p := e.Props.Get(ical.PropRecurrenceID)
	return p != nil && strings.EqualFold(p.Params.Get(ical.ParamRange), "THISANDFUTURE")
}

func isCancelled(e *ical.Component) bool {
	return strings.EqualFold(valueOf(e, ical.PropStatus), "CANCELLED")
}
