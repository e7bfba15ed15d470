package oncall

import (
	"errors"
	"slices"
	"time"

	"opsbot/escalation/internal/times"
)

// WorkingHours are the same hours on some days of the week, in local time, also when daylight saving time begins or ends. A
// nil *WorkingHours means around the clock.
type WorkingHours struct {
	Days []time.Weekday
	// From and To are times of day: 9 * time.Hour is 09:00. To is the first moment after the working hours.
	From, To time.Duration
	Zone     *time.Location
}

// Next is t if that is in working hours, otherwise when they next begin.
func (h *WorkingHours) Next(t time.Time) time.Time {
	if h == nil {
		return t
	}
	from, _ := h.span(t)
	return times.Latest(from, t).UTC()
}

// Add is when d has passed since t, counting working hours only. The result is always within them.
func (h *WorkingHours) Add(t time.Time, d time.Duration) time.Time {
	if h == nil {
		return t.Add(d)
	}
	for {
		from, to := h.span(t)
		from = times.Latest(from, t)
		left := to.Sub(from)
		if d < left {
			return from.Add(d).UTC()
		}
		t, d = to, d-left
	}
}

// spanLimit is how many days span looks at: a week, and more because some time zones have skipped days.
const spanLimit = 15

// span is the working hours around t, otherwise the next ones.
func (h *WorkingHours) span(t time.Time) (from, to time.Time) {
	year, month, today := t.In(h.Zone).Date()
	for day := range spanLimit {
		from, to = h.at(year, month, today+day, h.From), h.at(year, month, today+day, h.To)
		if slices.Contains(h.Days, from.Weekday()) && to.After(t) && from.Before(to) {
			break
		}
	}
	return from, to
}

// at is a time of day in local time. time.Date moves a time that daylight saving time skips to before or after the gap,
// depending on the zone; here it is always after.
func (h *WorkingHours) at(year int, month time.Month, day int, clock time.Duration) time.Time {
	minutes := int(clock / time.Minute)
	t := time.Date(year, month, day, 0, minutes, 0, 0, h.Zone)
	_, offset := t.Zone()
	shown := t.Add(time.Duration(offset) * time.Second).UTC() // local time, as if it were UTC
	return t.Add(max(0, time.Date(year, month, day, 0, minutes, 0, 0, time.UTC).Sub(shown)))
}

// Validate refuses working hours that never come.
func (h *WorkingHours) Validate() error {
	switch {
	case h == nil:
		return nil
	case len(h.Days) == 0 || h.Zone == nil:
		return errors.New("working hours: without days or time zone")
	case h.From < 0 || h.To > 24*time.Hour || h.To-h.From < time.Minute:
		return errors.New("working hours: end before they begin")
	default:
		return nil
	}
}
