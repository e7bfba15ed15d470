package store

import (
	"context"
	"database/sql"
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
