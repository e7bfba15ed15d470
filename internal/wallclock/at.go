package wallclock

import (
	"fmt"
	"time"
)

// GapError is a time of day that the day does not have, because the clocks go forward over it.
type GapError struct {
	Wanted string
	// Next is the moment at which the clocks have gone forward.
	Next time.Time
}

func (e *GapError) Error() string {
	return fmt.Sprintf("%s does not exist: the clocks go forward to %s", e.Wanted, e.Next.Format("15:04"))
}

// At is the moment at which the clocks of a zone show a day and a time: the first of two where an hour is repeated. Where that
// time of day does not exist, the error is a *GapError.
func At(year int, month time.Month, day, hour, minute int, zone *time.Location) (time.Time, error) {
	wanted := time.Date(year, month, day, hour, minute, 0, 0, time.UTC)
	t := time.Date(year, month, day, hour, minute, 0, 0, zone)
	if shown := OnWall(t); !shown.Equal(wanted) {
		from, until := t.ZoneBounds()
		if shown.Before(wanted) {
			from = until
		}
		return t, &GapError{Wanted: wanted.Format("2006-01-02 15:04"), Next: from}
	}
	for _, back := range []time.Duration{2 * time.Hour, time.Hour, 30 * time.Minute} {
		if first := t.Add(-back); OnWall(first).Equal(wanted) {
			return first, nil
		}
	}
	return t, nil
}

// OnWall is what the clocks of t's zone show, as if that were UTC: wall clocks can be compared and counted on like this.
func OnWall(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}
