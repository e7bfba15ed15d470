package calendar

import (
	"slices"

	"github.com/emersion/go-ical"

	"opsbot/messages"
)

// wholeSeries are the events that are no part of another, by UID, without those that are cancelled.
func wholeSeries(events []*ical.Component) map[string]*ical.Component {
	whole := map[string]*ical.Component{}
	for _, e := range events {
		if e.Props.Get(ical.PropRecurrenceID) == nil && !isCancelled(e) {
			whole[valueOf(e, ical.PropUID)] = e
		}
	}
	return whole
}

// later are the occurrences of an event that stands in the place of one occurrence of a series and of all later ones (RFC 5545, 3.8.4.4):
// those of the series from that one on, moved as far as the first and as long as it. Where the series is not in the calendar, or the change
// has a rule of its own, nobody can know when they are.
func (s series) later(e, whole *ical.Component) ([]occurrence, *problem) {
	if whole == nil || e.Props.Get(ical.PropRecurrenceRule) != nil || e.Props.Get(ical.PropRecurrenceDates) != nil {
		return nil, newProblem(messages.New("escalation.calendar.later"))
	}
	first, problem := s.of(e, ical.PropRecurrenceID)
	if problem != nil {
		return nil, problem
	}
	start, end, problem := s.span(e)
	if problem != nil {
		return nil, problem
	}
	wider := s
	far := start.at.Sub(first.at).Abs() + end.at.Sub(start.at)
	wider.from, wider.until = s.from.Add(-far), s.until.Add(far)
	wider.replaced = slices.DeleteFunc(slices.Clone(s.replaced), func(r replacement) bool { return r.andLater && !r.at.After(first.at) })
	list, problem := wider.occurrences(whole)
	if problem != nil {
		return nil, problem
	}
	changed := replacement{first, true}
	var moved []occurrence
	for _, o := range list {
		if !changed.covers(moment{at: o.from}) {
			continue
		}
		from := sameLength(first.at, start.at, o.from)
		if o = (occurrence{from, sameLength(start.at, end.at, from)}); s.overlaps(o) {
			moved = append(moved, o)
		}
	}
	return moved, nil
}

// overlaps reports whether the occurrence is in the time that is read.
func (s series) overlaps(o occurrence) bool {
	return o.until.After(s.from) && o.from.Before(s.until) && o.until.After(o.from)
}
