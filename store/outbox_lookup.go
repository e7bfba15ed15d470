package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"opsbot/bot/deliver"
)

// undeliveredMax is how many undelivered messages are read: enough to see the cause.
const undeliveredMax = 500

// Undelivered returns the messages that could not be delivered: those that are still retried, and those that were given up after
// lostSince and not put again. The oldest problem comes first.
func (o *Outbox) Undelivered(ctx context.Context, lostSince time.Time) ([]deliver.StuckMessage, error) {
	var list []deliver.StuckMessage
	err := o.store.db.Reads.Each(ctx, `SELECT key, destination, last_error, trouble_at, pending FROM outbox
		WHERE trouble_at > 0 AND (pending = 1 OR trouble_at > ?) ORDER BY trouble_at LIMIT ?`, []any{nanos(lostSince), undeliveredMax},
		func(rows *sql.Rows) error {
			var (
				a       deliver.StuckMessage
				at      int64
				pending bool
			)
			err := rows.Scan(&a.Key, &a.Destination, &a.Cause, &at, &pending)
			a.Since, a.Lost = fromNanos(at), !pending
			list = append(list, a)
			return err
		})
	return list, wrap("read messages in trouble", err)
}

// Gone records that the message which was posted at ts is not in Slack any more: it will be posted again.
func (o *Outbox) Gone(ctx context.Context, key, ts string) error {
	return o.store.write(ctx, "post message "+key+" anew", func(t *tx) error {
		if err := o.store.fence(t); err != nil {
			return err
		}
		_, err := t.Exec(`UPDATE outbox SET ts = '', posted_channel = '', sent_version = 0, failed_version = 0, pending = 1, cancelled = 0,
			attempts = 0, not_before = 0, in_flight = 0 WHERE key = ? AND ts = ?`, key, ts)
		return err
	})
}

// MessageKey is the key of the message that stands at ts in a Slack channel; ok is false where that is none of ours.
func (s *Store) MessageKey(ctx context.Context, channel, ts string) (key string, ok bool, err error) {
	err = s.db.Reads.Row(ctx, `SELECT key FROM outbox WHERE ts = ? AND ts <> '' AND posted_channel = ?`, []any{ts, channel}, &key)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, wrap("find the message at "+ts+" in "+channel, err)
	}
	return key, true, nil
}

// HasHeaders reports whether the header of any incident stands in a Slack channel.
func (s *Store) HasHeaders(ctx context.Context, channel string) (bool, error) {
	var found int
	err := s.db.Reads.Row(ctx, `SELECT 1 FROM outbox WHERE posted_channel = ? AND ts <> '' AND key LIKE 'incident/%/header' LIMIT 1`, []any{channel}, &found)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, wrap("look for incidents in "+channel, err)
}

// HeadersInFlight reports whether a header is being posted: Slack may show it already, though its timestamp is not stored yet.
func (s *Store) HeadersInFlight(ctx context.Context) (bool, error) {
	var found int
	err := s.db.Reads.Row(ctx, `SELECT 1 FROM outbox WHERE pending = 1 AND in_flight = 1 AND ts = '' AND key LIKE 'incident/%/header' LIMIT 1`, nil, &found)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, wrap("look for incidents that are being posted", err)
}
