package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"opsbot/escalation/engine"
)

// Heartbeat is what is known of a dead man's switch; zero where it was never heard.
func (s *Store) Heartbeat(ctx context.Context, alert string) (engine.Heartbeat, error) {
	var (
		heard, missed int64
		run           int
	)
	err := s.db.Reads.Row(ctx, `SELECT heard_at, run, missed_at FROM heartbeats WHERE alert = ?`, []any{alert}, &heard, &run, &missed)
	if errors.Is(err, sql.ErrNoRows) {
		return engine.Heartbeat{}, nil
	}
	return engine.Heartbeat{At: fromNanos(heard), Run: run, MissedAt: fromNanos(missed)}, wrap("read heartbeat of "+alert, err)
}

// Beat writes down when the alert was heard, and how often in a row.
func (s *Store) Beat(ctx context.Context, alert string, at time.Time, run int) error {
	return s.write(ctx, "keep heartbeat of "+alert, func(t *tx) error {
		_, err := t.Exec(`INSERT INTO heartbeats (alert, heard_at, run) VALUES (?, ?, ?)
			ON CONFLICT (alert) DO UPDATE SET heard_at = excluded.heard_at, run = excluded.run WHERE excluded.heard_at > heartbeats.heard_at`,
			alert, nanos(at), run)
		return err
	})
}

// Missed writes down since when the alert's silence is an incident.
func (s *Store) Missed(ctx context.Context, alert string, at time.Time) error {
	return s.write(ctx, "mark heartbeat of "+alert, func(t *tx) error {
		_, err := t.Exec(`UPDATE heartbeats SET missed_at = ? WHERE alert = ?`, nanos(at), alert)
		return err
	})
}
