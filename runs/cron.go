package runs

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"opsbot/internal/wallclock"
)

// maxLookAhead is how many of a cron expression's times are looked at for one that is still to come: an hour that is
// repeated has at most 60 that are over.
const maxLookAhead = 200

// NextCron is the first time after a moment that a cron expression of five fields means, in the clocks of the moment's zone. A time
// that the clocks jump over counts as the moment at which they have, and a time of a repeated hour happens once, the first time.
func NextCron(expression string, after time.Time) (time.Time, error) {
	if strings.ContainsAny(expression, "@=") { // the library's own additions: @every, TZ=
		return time.Time{}, fmt.Errorf("cron expression %q: want five fields", expression)
	}
	spec, err := cron.ParseStandard(expression)
	if err != nil {
		return time.Time{}, fmt.Errorf("cron expression %q: %w", expression, err)
	}
	// The expression is about what clocks show, so it is worked out on clocks that never change.
	wall := wallclock.OnWall(after)
	for range maxLookAhead {
		if wall = spec.Next(wall); wall.IsZero() {
			break
		}
		t, err := wallclock.At(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), after.Location())
		if gap, ok := errors.AsType[*wallclock.GapError](err); ok {
			t = gap.Next
		}
		if t.After(after) {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("cron expression %q: no such time", expression)
}

// Overlaps tells whether a cron expression comes round again before what was done at a time is put back, this time or one of the
// next.
func Overlaps(expression string, first time.Time, after time.Duration) (bool, error) {
	for range 10 {
		again, err := NextCron(expression, first)
		if err != nil || !again.After(first.Add(after)) {
			return err == nil, err
		}
		first = again
	}
	return false, nil
}
