package configs

import (
	"fmt"
	"strings"
	"time"
)

// Span is working hours as they are counted: from and to are times of day. ok is false where none are configured, or
// where the keys are wrong, which validation has reported.
func (h WorkingHours) Span() (days []time.Weekday, from, to time.Duration, zone *time.Location, ok bool) {
	var wrong Problems
	days, from, to, zone = h.span(&wrong)
	return days, from, to, zone, len(wrong) == 0
}

func (h WorkingHours) span(ps *Problems) (days []time.Weekday, from, to time.Duration, zone *time.Location) {
	const path = "escalation.working_hours"
	zone, err := time.LoadLocation(h.Timezone)
	switch {
	case h.Timezone == "":
		ps.Add(path+".timezone", "is missing", "give the IANA name of the zone that the hours are in, such as Asia/Shanghai")
	case err != nil || h.Timezone == "Local":
		ps.Add(path+".timezone", fmt.Sprintf("unknown time zone %q", h.Timezone), "give an IANA name such as Asia/Shanghai or Europe/Berlin")
	}
	if len(h.Days) == 0 {
		ps.Add(path+".days", "is empty", "give days or ranges of days, such as Mon-Fri")
	}
	for i, text := range h.Days {
		some, ok := weekdays(text)
		if !ok {
			ps.Add(fmt.Sprintf("%s.days[%d]", path, i), fmt.Sprintf("%q is not a day of the week", text), "write it as Mon, or Mon-Fri")
		}
		days = append(days, some...)
	}
	from, to = checkTimeOfDay(ps, path+".from", h.From), checkTimeOfDay(ps, path+".to", h.To)
	if from >= 0 && to >= 0 && to <= from {
		ps.Add(path+".to", fmt.Sprintf("%s is not after %s", h.To, h.From), "give hours of one day; 24:00 is midnight")
	}
	return days, from, to, zone
}

// weekdays reads a day, or a range of days, which may go over the weekend.
func weekdays(text string) (days []time.Weekday, ok bool) {
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		last = first
	}
	from, to := weekdayNamed(strings.TrimSpace(first)), weekdayNamed(strings.TrimSpace(last))
	if from < 0 || to < 0 {
		return nil, false
	}
	for day := from; ; day = (day + 1) % weekDays {
		days = append(days, time.Weekday(day))
		if day == to {
			return days, true
		}
	}
}

// checkTimeOfDay reads "09:00" as 9 h; what is none is reported, and negative.
func checkTimeOfDay(ps *Problems, path, text string) time.Duration {
	if text == "24:00" {
		return 24 * time.Hour
	}
	at, err := time.Parse("15:04", text)
	if err != nil {
		ps.Add(path, fmt.Sprintf("%q is not a time of day", text), `write it as "09:00"`)
		return -1
	}
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
}
