package calendar

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-ical"
	"github.com/teambition/rrule-go"

	"opsbot/escalation/oncall"
)

// Limits of what is read, far above what shifts need.
const (
	maxEvents = 5_000
	maxShifts = 10_000
)

// Reading says how a calendar is read.
type Reading struct {
	// Person finds a contact id by what an event calls the person: an id, an e-mail address or a name.
	Person func(name string) (id string, ok bool)
	// Zone is for events that name no time zone, such as those of whole days.
	Zone        *time.Location
	From, Until time.Time
}

// Read returns the shifts of an iCalendar (RFC 5545) that overlap the given time, recurring ones included, sorted by their
// beginning. All known attendees of an event are on call; without any, the person whom its summary names. strangers are the
// summaries of events that name nobody known, each once.
func (r Reading) Read(from io.Reader) (shifts []oncall.Shift, strangers []string, err error) {
	defer func() {
		// The decoder panics on some input that is no calendar, and what a server sends must not end opsbot.
		if cause := recover(); cause != nil {
			shifts, strangers, err = nil, nil, fmt.Errorf("no iCalendar: %v", cause)
		}
	}()
	decoder := ical.NewDecoder(from)
	found := 0
	for {
		c, err := decoder.Decode()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, fmt.Errorf("no iCalendar: %w", err)
		}
		found++
		s, unknown, err := r.events(c.Events())
		if err != nil {
			return nil, nil, err
		}
		shifts, strangers = append(shifts, s...), append(strangers, unknown...)
	}
	if found == 0 {
		return nil, nil, errors.New("no iCalendar: it is empty")
	}
	slices.SortStableFunc(shifts, func(a, b oncall.Shift) int { return a.From.Compare(b.From) })
	slices.Sort(strangers)
	return shifts, slices.Compact(strangers), nil
}

func (r Reading) events(events []ical.Event) (shifts []oncall.Shift, strangers []string, err error) {
	moved, err := r.moved(events)
	if err != nil {
		return nil, nil, err
	}
	if len(events) > maxEvents {
		return nil, nil, fmt.Errorf("it has %d events, at most %d are read", len(events), maxEvents)
	}
	for _, e := range events {
		if status, _ := e.Props.Text(ical.PropStatus); strings.EqualFold(status, "CANCELLED") {
			continue
		}
		summary := textOf(e, ical.PropSummary)
		times, err := r.times(e, moved[textOf(e, ical.PropUID)])
		if err != nil {
			return nil, nil, fmt.Errorf("event %q: %w", summary, err)
		}
		people := r.people(e)
		if len(people) == 0 && len(times) > 0 {
			strangers = append(strangers, summary)
		}
		for _, id := range people {
			if len(shifts)+len(times) > maxShifts {
				return nil, nil, fmt.Errorf("event %q: more than %d turns in all", summary, maxShifts)
			}
			for _, t := range times {
				shifts = append(shifts, oncall.Shift{Person: id, From: t[0], Until: t[1]})
			}
		}
	}
	return shifts, strangers, nil
}

// moved are the occurrences of recurring events, by UID, that an event of its own replaces (RECURRENCE-ID).
func (r Reading) moved(events []ical.Event) (map[string][]time.Time, error) {
	moved := map[string][]time.Time{}
	for _, e := range events {
		if e.Props.Get(ical.PropRecurrenceID) == nil {
			continue
		}
		at, err := e.Props.DateTime(ical.PropRecurrenceID, r.Zone)
		if err != nil {
			return nil, fmt.Errorf("event %q: %w", textOf(e, ical.PropSummary), err)
		}
		uid := textOf(e, ical.PropUID)
		moved[uid] = append(moved[uid], at)
	}
	return moved, nil
}

// times are the beginnings and ends of the event's occurrences that overlap the time that is read.
func (r Reading) times(e ical.Event, moved []time.Time) ([][2]time.Time, error) {
	start, err := e.DateTimeStart(r.Zone)
	if err != nil {
		return nil, err
	}
	end, err := e.DateTimeEnd(r.Zone)
	if err != nil {
		return nil, err
	}
	starts := []time.Time{start}
	if err := checkPace(e); err != nil {
		return nil, err
	}
	set, err := e.RecurrenceSet(r.Zone)
	switch {
	case err != nil:
		return nil, err
	case set != nil && e.Props.Get(ical.PropRecurrenceID) == nil:
		starts = set.Between(r.From.Add(start.Sub(end)), r.Until, true)
		starts = slices.DeleteFunc(starts, func(at time.Time) bool { return slices.ContainsFunc(moved, at.Equal) })
	}
	var times [][2]time.Time
	for _, at := range starts {
		until := sameLength(start, end, at)
		if until.After(r.From) && at.Before(r.Until) && until.After(at) {
			times = append(times, [2]time.Time{at.UTC(), until.UTC()})
		}
	}
	return times, nil
}

// checkPace refuses recurrence rules with far more occurrences than people have shifts.
func checkPace(e ical.Event) error {
	rule, err := e.Props.RecurrenceRule()
	if err != nil || rule == nil {
		return err
	}
	if rule.Freq > rrule.HOURLY || max(1, len(rule.Byhour))*max(1, len(rule.Byminute))*max(1, len(rule.Bysecond)) > 24 {
		return errors.New("it recurs more often than every hour")
	}
	return nil
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

// people are the contacts that the event puts on call.
func (r Reading) people(e ical.Event) []string {
	var ids []string
	add := func(names ...string) {
		for _, name := range names {
			if id, ok := r.Person(strings.TrimSpace(name)); ok && !slices.Contains(ids, id) {
				ids = append(ids, id)
				return // the other names are the same person's
			}
		}
	}
	for _, attendee := range e.Props[ical.PropAttendee] {
		add(mailbox(attendee.Value), attendee.Params.Get(ical.ParamCommonName))
	}
	if len(ids) > 0 {
		return ids
	}
	summary := textOf(e, ical.PropSummary)
	add(summary)
	for _, part := range strings.FieldsFunc(summary, func(c rune) bool { return strings.ContainsRune(",;:：，、()（）<>-–", c) }) {
		add(part)
	}
	return ids
}

// mailbox is the address of "mailto:li@company.com".
func mailbox(address string) string {
	if scheme, rest, ok := strings.Cut(address, ":"); ok && strings.EqualFold(scheme, "mailto") {
		return rest
	}
	return address
}

func textOf(e ical.Event, property string) string {
	text, err := e.Props.Text(property)
	if err != nil {
		return ""
	}
	return text
}
