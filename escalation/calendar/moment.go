package calendar

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-ical"
)

const (
	dayForm   = "20060102"
	localForm = "20060102T150405"
)

// moment is a date with its time, or a whole day, which begins at midnight.
type moment struct {
	at    time.Time
	isDay bool
}

// means reports whether the moment names an occurrence of an event. A day names the one that begins on it, and of whole days
// any time names the one of its day.
func (m moment) means(occurrence moment) bool {
	if m.isDay || occurrence.isDay {
		return m.at.Format(dayForm) == occurrence.at.Format(dayForm)
	}
	return m.at.Equal(occurrence.at)
}

// times reads the times of a file. zone is for those that name no time zone.
type times struct {
	zones *zones
	zone  *time.Location
}

// of reads a property with one time.
func (t times) of(c *ical.Component, property string) (moment, *problem) {
	p := c.Props.Get(property)
	if p == nil {
		return moment{}, missing(property)
	}
	return t.read(*p, p.Value)
}

// all reads a property that may hold several times, and may be repeated.
func (t times) all(c *ical.Component, property string) ([]moment, *problem) {
	var list []moment
	for _, p := range c.Props[property] {
		for value := range strings.SplitSeq(p.Value, ",") {
			m, problem := t.read(p, value)
			if problem != nil {
				return nil, problem
			}
			list = append(list, m)
		}
	}
	return list, nil
}

// firstYear is the first that is read. Apple writes 1604 for a birthday of which it does not know the year.
const firstYear = 1600

// read reads a value of a property: a day, a time in UTC, or one in the property's time zone.
func (t times) read(p ical.Prop, value string) (moment, *problem) {
	m, problem := t.parse(p, value)
	if problem == nil && m.at.Year() < firstYear {
		return moment{}, unreadable(p.Name, value)
	}
	return m, problem
}

func (t times) parse(p ical.Prop, value string) (moment, *problem) {
	value = strings.TrimSpace(value)
	zone := t.zone
	if id := p.Params.Get(ical.PropTimezoneID); id != "" && !strings.HasSuffix(value, "Z") && len(value) > len(dayForm) {
		if zone = t.zones.find(id); zone == nil {
			return moment{}, unknownZone(id)
		}
	}
	if day, err := time.ParseInLocation(dayForm, value, t.zone); err == nil {
		return moment{at: day, isDay: true}, nil
	}
	if at, err := time.ParseInLocation(localForm+"Z", value, time.UTC); err == nil {
		return moment{at: at}, nil
	}
	at, err := time.ParseInLocation(localForm, value, zone)
	if err != nil {
		return moment{}, unreadable(p.Name, value)
	}
	return moment{at: at}, nil
}

var durationForm = regexp.MustCompile(`^\+?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$`)

// addDuration is the end of what begins at the given time. Its weeks and days are those of the calendar, so that they keep the time
// of day when the clocks change.
func addDuration(start time.Time, text string) (time.Time, error) {
	parts := durationForm.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(text)))
	if parts == nil {
		return time.Time{}, fmt.Errorf("%q is no duration", text)
	}
	n := func(i int) int {
		n, _ := strconv.Atoi(parts[i]) // digits, or nothing
		return n
	}
	clock := time.Duration(n(3))*time.Hour + time.Duration(n(4))*time.Minute + time.Duration(n(5))*time.Second
	return start.AddDate(0, 0, 7*n(1)+n(2)).Add(clock), nil
}
