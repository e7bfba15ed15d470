package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/internal/redact"
)

// The states of a row of the journal.
const (
	journalProcessed   = 1
	journalQuarantined = 2
)

// Append keeps a delivery and returns when it is on the disk.
func (s *Store) Append(ctx context.Context, receivedAt time.Time, payload []byte) (int64, error) {
	var id int64
	err := s.write(ctx, "append to journal", func(t *tx) error {
		return t.Row(`INSERT INTO journal (received_at, payload) VALUES (?, ?) RETURNING id`, []any{nanos(receivedAt), payload}, &id)
	})
	if err != nil {
		return 0, err
	}
	return id, nil
}

// pendingBytes bounds the payloads that are in memory at once: a backlog of deliveries, each as large as a webhook may
// be, must not end the process that is to work it off.
const pendingBytes = 32 << 20

var errEnough = errors.New("enough rows were read")

// Pending returns the oldest deliveries that are neither processed nor quarantined: at least one if there is any, at most
// limit, and no more than pendingBytes of them. Fewer than limit does not mean that there are no more.
func (s *Store) Pending(ctx context.Context, limit int) ([]engine.JournalEntry, error) {
	var pending []engine.JournalEntry
	size := 0
	err := s.db.Reads.Each(ctx, `SELECT id, received_at, payload FROM journal WHERE state = 0 ORDER BY id LIMIT ?`, []any{limit},
		func(rows *sql.Rows) error {
			var e engine.JournalEntry
			var at int64
			if err := rows.Scan(&e.ID, &at, &e.Payload); err != nil {
				return err
			}
			e.ReceivedAt = fromNanos(at)
			if size += len(e.Payload); size > pendingBytes && len(pending) > 0 {
				return errEnough
			}
			pending = append(pending, e)
			return nil
		})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return pending, wrap("read journal", err)
}

// Quarantine sets a delivery aside with the reason. It stays in the journal.
func (s *Store) Quarantine(ctx context.Context, id int64, reason string) error {
	return s.write(ctx, fmt.Sprintf("quarantine journal row %d", id), func(t *tx) error {
		_, err := t.Exec(`UPDATE journal SET state = ?, reason = ? WHERE id = ? AND state = 0`, journalQuarantined, redact.Text(reason), id)
		return err
	})
}

// process marks a row of the journal as processed, once. A second attempt is refused: it was decided on an old state of the
// incidents.
func (t *tx) process(id int64) error {
	ok, err := t.Change(`UPDATE journal SET state = ? WHERE id = ? AND state = 0`, journalProcessed, id)
	if err == nil && !ok {
		err = fmt.Errorf("journal row %d is processed already: %w", id, incident.ErrConflict)
	}
	return err
}
