package store

import (
	"context"
	"time"
)

const (
	// seenFor is how long an event is remembered: Slack's last retry comes 5 to 6 minutes after the first try (SF-1.42),
	// with delayed events switched on up to 24 hours (SF-1.40).
	seenFor    = 25 * time.Hour
	pruneEvery = 10 * time.Minute
)

// SeenEvent remembers the event and reports whether it was remembered already.
func (s *Store) SeenEvent(ctx context.Context, id string, now time.Time) (bool, error) {
	var isNew bool
	err := s.write(ctx, "remember event "+id, func(t *tx) error {
		if last := s.pruned.Load(); nanos(now)-last > int64(pruneEvery) && s.pruned.CompareAndSwap(last, nanos(now)) {
			if _, err := t.Exec(`DELETE FROM events WHERE seen_at < ?`, nanos(now.Add(-seenFor))); err != nil {
				return err
			}
		}
		var err error
		isNew, err = t.Change(`INSERT INTO events (id, seen_at) VALUES (?, ?) ON CONFLICT DO NOTHING`, id, nanos(now))
		return err
	})
	if err != nil {
		return false, err
	}
	return !isNew, nil
}
