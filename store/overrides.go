package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/handlers/audit"
)

// AddOverride stores an override under the next number, together with its audit event, and returns it as stored. account
// makes the event, which tells the number.
func (s *Store) AddOverride(ctx context.Context, o oncall.Override, account func(oncall.Override) audit.Event) (oncall.Override, error) {
	stored := o
	err := s.write(ctx, "store override for "+string(o.Role), func(t *tx) error {
		if err := t.holdAudit(); err != nil { // two replicas must not give out the same number
			return err
		}
		if err := t.Row(`SELECT COALESCE(MAX(number), 0) + 1 FROM overrides`, nil, &o.Number); err != nil {
			return err
		}
		body, err := json.Marshal(o)
		if err != nil {
			return err
		}
		if _, err := t.Exec(`INSERT INTO overrides (number, until_at, body) VALUES (?, ?, ?)`, o.Number, nanos(o.Until), string(body)); err != nil {
			return err
		}
		stored = o
		return t.appendAudit(account(o))
	})
	return stored, err
}

// CancelOverride takes an override back, together with the audit event of it. The error is incident.ErrNotFound where none of that
// number stands and is not over at the given time.
func (s *Store) CancelOverride(ctx context.Context, number int64, by string, at time.Time, account func(oncall.Override) audit.Event) (oncall.Override, error) {
	var cancelled oncall.Override
	err := s.write(ctx, fmt.Sprintf("cancel override %d", number), func(t *tx) error {
		var body string
		err := t.Row(`SELECT body FROM overrides WHERE number = ? AND cancelled = 0 AND until_at > ?`, []any{number, nanos(at)}, &body)
		if errors.Is(err, sql.ErrNoRows) {
			return incident.ErrNotFound
		}
		var o oncall.Override
		if err == nil {
			err = json.Unmarshal([]byte(body), &o)
		}
		if err != nil {
			return err
		}
		o.CancelledAt, o.CancelledBy = at.UTC(), by
		data, err := json.Marshal(o)
		if err != nil {
			return err
		}
		if _, err := t.Exec(`UPDATE overrides SET cancelled = 1, body = ? WHERE number = ?`, string(data), number); err != nil {
			return err
		}
		cancelled = o
		return t.appendAudit(account(o))
	})
	return cancelled, err
}

// Overrides returns those that end after the given time and were not cancelled, in the order in which they were made.
func (s *Store) Overrides(ctx context.Context, after time.Time) ([]oncall.Override, error) {
	list, err := listBodies[oncall.Override](ctx, s,
		`SELECT body FROM overrides WHERE cancelled = 0 AND until_at > ? ORDER BY number`, nanos(after))
	return list, wrap("read overrides", err)
}
