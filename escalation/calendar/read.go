package calendar

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-ical"

	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// Limits of what is read, far above what shifts need.
const (
	maxEvents = 20_000
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

// Read reads the shifts of an iCalendar (RFC 5545) that overlap the given time, recurring ones included, sorted by their
// beginning. All known attendees of an event who take part are on call; without any, the person whom its summary names. An event
// that cannot be read is left out and named; it is an error if that is so of all of them.
func (r Reading) Read(from io.Reader) (oncall.Calendar, error) {
	text, err := io.ReadAll(from)
	if err != nil {
		return oncall.Calendar{}, err
	}
	f, err := readFile(string(text))
	if err != nil {
		return oncall.Calendar{}, err
	}
	if n := len(f.events); n > maxEvents {
		return oncall.Calendar{}, fmt.Errorf("it has %d events, at most %d are read", n, maxEvents)
	}
	c := collector{Reading: r, times: times{newZones(f.zones, r.Until), r.Zone}}
	for _, lines := range f.broken {
		c.leaveOut(summaryOf(lines), messages.New("escalation.calendar.broken"))
	}
	if err := c.events(f.events); err != nil {
		return oncall.Calendar{}, err
	}
	if c.broken > 0 && c.broken == len(f.events)+len(f.broken) {
		return c.calendar(), fmt.Errorf("none of its events can be read (%d)", c.broken)
	}
	return c.calendar(), nil
}

// collector takes in the events of a file.
type collector struct {
	Reading
	times
	shifts []oncall.Shift
	// strangers are the summaries of events that name nobody known.
	strangers []string
	left      []oncall.LeftOut
	// broken counts the events that cannot be read.
	broken int
	// whole are the recurring events, of which others change a part, by UID.
	whole map[string]*ical.Component
}

func (c *collector) events(events []*ical.Component) error {
	replaced, steps := c.replacements(events), maxSteps
	c.whole = wholeSeries(events)
	for _, e := range events {
		if isCancelled(e) {
			continue
		}
		s := series{times: c.times, from: c.From, until: c.Until, steps: &steps}
		if e.Props.Get(ical.PropRecurrenceID) == nil || changesLater(e) {
			s.replaced = replaced[valueOf(e, ical.PropUID)]
		}
		if err := c.event(e, s); err != nil {
			return err
		}
	}
	return nil
}

func (c *collector) event(e *ical.Component, s series) error {
	list, problem := c.occurrences(e, s)
	summary := textOf(e, ical.PropSummary)
	switch {
	case problem != nil && c.isOver(e):
		return nil
	case problem != nil:
		c.leaveOut(summary, problem.text)
		return nil
	case len(list) == 0:
		return nil
	}
	people, absent := c.people(e)
	switch {
	case len(people) > 0:
	case absent:
		c.left = append(c.left, oncall.LeftOut{Event: summary, Cause: messages.New("escalation.calendar.absent")})
	default:
		c.strangers = append(c.strangers, summary)
	}
	if len(c.shifts)+len(list)*len(people) > maxShifts {
		return fmt.Errorf("event %q: more than %d turns in all", summary, maxShifts)
	}
	for _, id := range people {
		for _, t := range list {
			c.shifts = append(c.shifts, oncall.Shift{Person: id, From: t.from.UTC(), Until: t.until.UTC()})
		}
	}
	return nil
}

// occurrences are when an event is, and when the later ones are that it changes too.
func (c *collector) occurrences(e *ical.Component, s series) (list []occurrence, p *problem) {
	defer func() {
		// Rules are gone through by a module that panics on some of them, and what a server sends must not end opsbot.
		if recover() != nil {
			list, p = nil, unreadable(ical.PropRecurrenceRule, valueOf(e, ical.PropRecurrenceRule))
		}
	}()
	if e.Props.Get(ical.PropRecurrenceID) != nil {
		if _, problem := c.of(e, ical.PropRecurrenceID); problem != nil {
			return nil, problem
		}
	}
	if changesLater(e) {
		return s.later(e, c.whole[valueOf(e, ical.PropUID)])
	}
	return s.occurrences(e)
}

// isOver reports whether an event that cannot be read was long ago, as far as its dates tell: then nobody needs to mend it.
func (c *collector) isOver(e *ical.Component) bool {
	if changesLater(e) || e.Props.Get(ical.PropRecurrenceRule) != nil || e.Props.Get(ical.PropRecurrenceDates) != nil || e.Props.Get(ical.PropDuration) != nil {
		return false
	}
	last := cmp.Or(valueOf(e, ical.PropDateTimeEnd), valueOf(e, ical.PropDateTimeStart))
	day, err := time.Parse(dayForm, last[:min(len(last), len(dayForm))])
	return err == nil && day.AddDate(0, 0, 2).Before(c.From)
}

func (c *collector) leaveOut(summary string, cause messages.Text) {
	c.broken++
	c.left = append(c.left, oncall.LeftOut{Event: summary, Cause: cause})
}

func (c *collector) calendar() oncall.Calendar {
	slices.SortStableFunc(c.shifts, func(a, b oncall.Shift) int { return a.From.Compare(b.From) })
	slices.Sort(c.strangers)
	return oncall.Calendar{Shifts: c.shifts, UnknownEvents: slices.Compact(c.strangers), LeftOut: c.left}
}

// summaryOf is the summary of an event that cannot be decoded.
func summaryOf(lines []string) string {
	for _, line := range lines {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.HasPrefix(strings.ToUpper(name), ical.PropSummary) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
