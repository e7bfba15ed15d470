package calendar

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-ical"
	"github.com/teambition/rrule-go"

	"opsbot/messages"
)

// maxSteps is how many occurrences of all events together are gone through, most of them in the past: every hour of 50 years.
const maxSteps = 500_000

// occurrence is from when to when an event is, once.
type occurrence struct{ from, until time.Time }

// series reads when an event is.
type series struct {
	times
	from, until time.Time
	replaced    []replacement
	// steps are left of maxSteps.
	steps *int
}

// occurrences are those of an event that overlap the time that is read, without those that are excepted or replaced.
func (s series) occurrences(e *ical.Component) ([]occurrence, *problem) {
	start, end, problem := s.span(e)
	if problem != nil {
		return nil, problem
	}
	regular, problem := s.regular(e, start, end)
	if problem != nil {
		return nil, problem
	}
	extra, problem := s.extra(e, start, end)
	if problem != nil {
		return nil, problem
	}
	excepted, problem := s.all(e, ical.PropExceptionDates)
	if problem != nil {
		return nil, problem
	}
	isLeftOut := func(o occurrence) bool {
		at := moment{o.from, start.isDay}
		return !s.overlaps(o) ||
			slices.ContainsFunc(excepted, func(m moment) bool { return m.means(at) }) ||
			slices.ContainsFunc(s.replaced, func(r replacement) bool { return r.covers(at) })
	}
	list := slices.DeleteFunc(append(regular, extra...), isLeftOut)
	slices.SortStableFunc(list, func(a, b occurrence) int { return a.from.Compare(b.from) })
	return slices.CompactFunc(list, func(a, b occurrence) bool { return a.from.Equal(b.from) }), nil
}

// span is the beginning and the end of the event's first occurrence.
func (s series) span(e *ical.Component) (start, end moment, problem *problem) {
	if start, problem = s.of(e, ical.PropDateTimeStart); problem != nil {
		return start, end, problem
	}
	end = start
	switch {
	case e.Props.Get(ical.PropDateTimeEnd) != nil:
		if end, problem = s.of(e, ical.PropDateTimeEnd); problem != nil {
			return start, end, problem
		}
	case e.Props.Get(ical.PropDuration) != nil:
		text := valueOf(e, ical.PropDuration)
		at, err := addDuration(start.at, text)
		if err != nil {
			return start, end, unreadable(ical.PropDuration, text)
		}
		end.at = at
	}
	if start.isDay && end.isDay && end.at.Equal(start.at) { // some programs give the last day as the end
		end.at = start.at.AddDate(0, 0, 1)
	}
	if !end.at.After(start.at) {
		return start, end, newProblem(messages.New("escalation.calendar.length"))
	}
	return start, end, nil
}

// regular are the occurrences of the event's rule, or its only one.
func (s series) regular(e *ical.Component, start, end moment) ([]occurrence, *problem) {
	text := valueOf(e, ical.PropRecurrenceRule)
	if text == "" || e.Props.Get(ical.PropRecurrenceID) != nil {
		return []occurrence{{start.at, end.at}}, nil
	}
	rule, problem := readRule(text, start, s.until)
	if problem != nil {
		return nil, problem
	}
	var list []occurrence
	next := rule.Iterator()
	for ; *s.steps > 0; *s.steps-- {
		at, ok := next()
		if !ok || !at.Before(s.until) {
			return list, nil
		}
		if until := sameLength(start.at, end.at, at); until.After(s.from) {
			list = append(list, occurrence{at, until})
		}
	}
	return nil, newProblem(messages.New("escalation.calendar.pace"))
}

// lastDay is the end of a rule that ends with a day.
var lastDay = regexp.MustCompile(`UNTIL=\d{8}(;|$)`)

// readRule refuses rules with far more occurrences than people have shifts.
func readRule(text string, start moment, until time.Time) (*rrule.RRule, *problem) {
	text = strings.ToUpper(strings.TrimSuffix(text, ";"))
	option, err := rrule.StrToROptionInLocation(text, start.at.Location())
	if err != nil {
		return nil, unreadable(ical.PropRecurrenceRule, text)
	}
	if option.Freq > rrule.HOURLY || max(1, len(option.Byhour))*max(1, len(option.Byminute))*max(1, len(option.Bysecond)) > 24 {
		return nil, newProblem(messages.New("escalation.calendar.pace"))
	}
	if lastDay.MatchString(text) {
		option.Until = option.Until.AddDate(0, 0, 1).Add(-time.Second) // a day is meant as a whole
	}
	if option.Until.IsZero() { // else it ends 290 years after its beginning
		option.Until = until
	}
	option.Dtstart = start.at
	rule, err := rrule.NewRRule(*option)
	if err != nil {
		return nil, unreadable(ical.PropRecurrenceRule, text)
	}
	return rule, nil
}

// extra are the occurrences that the event lists besides (RDATE), some of them with an end of their own.
func (s series) extra(e *ical.Component, start, end moment) ([]occurrence, *problem) {
	var list []occurrence
	for _, p := range e.Props[ical.PropRecurrenceDates] {
		for value := range strings.SplitSeq(p.Value, ",") {
			from, until, isPeriod := strings.Cut(value, "/")
			at, problem := s.read(p, from)
			if problem != nil {
				return nil, problem
			}
			t := occurrence{at.at, sameLength(start.at, end.at, at.at)}
			if isPeriod {
				if t.until, problem = s.periodEnd(p, at.at, until); problem != nil {
					return nil, problem
				}
			}
			list = append(list, t)
		}
	}
	return list, nil
}

// periodEnd is the second half of a PERIOD: a time or a duration.
func (s series) periodEnd(p ical.Prop, from time.Time, text string) (time.Time, *problem) {
	if until, err := addDuration(from, text); err == nil {
		return until, nil
	}
	m, problem := s.read(p, text)
	return m.at, problem
}

// sameLength is the end of the occurrence that begins at the given time. It is as many days and clock hours later as the first
// one lasted, so that a week from Monday 09:00 ends on Monday 09:00 also when daylight saving time changes.
func sameLength(start, end, at time.Time) time.Time {
	wall := func(t time.Time) time.Time {
		t = t.In(start.Location())
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	}
	until := wall(at).Add(wall(end).Sub(wall(start)))
	return time.Date(until.Year(), until.Month(), until.Day(), until.Hour(), until.Minute(), until.Second(), 0, start.Location())
}
