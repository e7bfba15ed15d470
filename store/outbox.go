package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"opsbot/bot/deliver"
	"opsbot/escalation/incident"
	"opsbot/internal/redact"
)

// Outbox is the store as delivery sees it; it implements deliver.Outbox.
type Outbox struct{ store *Store }

// Outbox gives delivery its view of the store.
func (s *Store) Outbox() *Outbox { return &Outbox{s} }

// Changed receives after messages were put. It is one channel for one reader; signals that come while one waits to be
// read are joined with it.
func (o *Outbox) Changed() <-chan struct{} { return o.store.changed }

// fairShare is how many new messages, and how many edits, of one destination Due returns at most: Slack takes one post a
// second for each (SF-5.5), and a channel with a backlog must not hide the others. Edits have a share of their own,
// because they have a budget of their own: those that wait for it must not hold up the posts.
const fairShare = 16

// Due returns the messages to send at now, by lane, then age, no more than a fair share of one destination, and when
// the next one that waits may be tried.
func (o *Outbox) Due(ctx context.Context, now time.Time, limit int) ([]deliver.Row, time.Time, error) {
	if err := o.expire(ctx, now); err != nil {
		return nil, time.Time{}, err
	}
	var due []deliver.Row
	at := nanos(now)
	err := o.store.db.Reads.Each(ctx, o.store.own.due, []any{at, at, fairShare, at, at, fairShare, limit}, func(rows *sql.Rows) error {
		row, err := scanRow(rows)
		due = append(due, row)
		return err
	})
	if err != nil {
		return nil, time.Time{}, wrap("read outbox", err)
	}
	var next sql.NullInt64
	err = o.store.db.Reads.Row(ctx, `SELECT MIN(not_before) FROM outbox WHERE pending = 1 AND not_before > 0 AND not_before > ?`, []any{at}, &next)
	return due, fromNanos(next.Int64), wrap("read outbox", err)
}

func scanRow(rows *sql.Rows) (deliver.Row, error) {
	var (
		r               deliver.Row
		body, elsewhere []byte
		created         int64
	)
	err := rows.Scan(&r.ID, &body, &r.Version, &r.SentVersion, &r.PostedChannel, &r.TS, &r.RootChannel, &r.RootTS,
		&r.InFlight, &r.Attempts, &created, &r.LastError, &elsewhere)
	if err != nil {
		return r, err
	}
	r.CreatedAt = fromNanos(created)
	if len(elsewhere) > 0 {
		if err := json.Unmarshal(elsewhere, &r.Elsewhere); err != nil {
			return r, err
		}
	}
	return r, json.Unmarshal(body, &r.Outbound)
}

// expire drops what nobody needs any more, with a word in the page ledger where it was a page.
func (o *Outbox) expire(ctx context.Context, now time.Time) error {
	type expired struct{ id, version int64 }
	var list []expired
	err := o.store.db.Reads.Each(ctx, `SELECT id, version FROM outbox WHERE pending = 1 AND in_flight = 0 AND not_after > 0 AND not_after <= ?`,
		[]any{nanos(now)}, func(rows *sql.Rows) error {
			var e expired
			err := rows.Scan(&e.id, &e.version)
			list = append(list, e)
			return err
		})
	if err != nil {
		return wrap("read expired messages", err)
	}
	for _, e := range list {
		if err := o.Fail(ctx, e.id, e.version, "not needed any more at "+now.UTC().Format(time.RFC3339), now); err != nil {
			return err
		}
	}
	return nil
}

// Begin records that the first post of a message is about to go out.
func (o *Outbox) Begin(ctx context.Context, id, _ int64, now time.Time) error {
	return o.store.asLeader(ctx, "begin", id, func(t *tx, m message) error {
		if m.ts == "" && m.cancelled {
			return fmt.Errorf("message %s: %w", m.Key, deliver.ErrCancelled)
		}
		if _, err := t.Exec(`UPDATE outbox SET in_flight = 1 WHERE id = ?`, id); err != nil {
			return err
		}
		return t.reportPage(m.PageID, func(p incident.Page) incident.Page { return p.Attempted(now) })
	})
}

// Done records that Slack shows version. That is true even if this opsbot does not lead any more.
func (o *Outbox) Done(ctx context.Context, id, version int64, channel, ts string, now time.Time) error {
	return o.store.onRow(ctx, "finish", id, func(t *tx, m message) error {
		_, err := t.Exec(`UPDATE outbox SET sent_version = ?, posted_channel = ?, ts = ?, in_flight = 0, attempts = 0, not_before = 0,
			last_error = '', trouble_at = 0, pending = CASE WHEN version > ? AND cancelled = 0 THEN 1 ELSE 0 END WHERE id = ?`,
			version, channel, ts, version, id)
		if err != nil {
			return err
		}
		if m.ts != "" {
			return nil // an edit; the page was delivered before
		}
		return t.reportPage(m.PageID, func(p incident.Page) incident.Page {
			return p.WithOutcome(incident.PageDelivered, "", now)
		})
	})
}

// Elsewhere records what became of files that the channel did not take: the next version says it too, after a restart as well.
func (o *Outbox) Elsewhere(ctx context.Context, id int64, files deliver.Elsewhere) error {
	data, err := json.Marshal(files)
	if err != nil {
		return wrap("encode where files are", err)
	}
	return o.store.onRow(ctx, "note files of", id, func(t *tx, _ message) error {
		_, err := t.Exec(`UPDATE outbox SET elsewhere = ? WHERE id = ?`, string(data), id)
		return err
	})
}

// Retry puts a try off to notBefore. inFlight says that the try may have worked all the same.
func (o *Outbox) Retry(ctx context.Context, id int64, notBefore time.Time, inFlight bool, cause string) error {
	cause = redact.Text(cause)
	return o.store.asLeader(ctx, "put off", id, func(t *tx, m message) error {
		_, err := t.Exec(`UPDATE outbox SET attempts = attempts + 1, not_before = ?, in_flight = ?, last_error = ?,
			trouble_at = CASE WHEN cancelled = 1 THEN 0 WHEN trouble_at = 0 THEN ? ELSE trouble_at END,
			pending = CASE WHEN cancelled = 1 AND ? = 0 THEN 0 ELSE pending END WHERE id = ?`,
			nanos(notBefore), inFlight, cause, nanos(o.store.now()), inFlight, id)
		if err != nil || inFlight || !m.cancelled || m.ts != "" {
			return err
		}
		return t.reportPage(m.PageID, neverLeft)
	})
}

// Fail gives version up, or ends a message that was cancelled. A later Put of the same key tries again.
func (o *Outbox) Fail(ctx context.Context, id, version int64, cause string, now time.Time) error {
	cause = redact.Text(cause)
	return o.store.asLeader(ctx, "give up", id, func(t *tx, m message) error {
		_, err := t.Exec(`UPDATE outbox SET failed_version = ?, in_flight = 0, attempts = 0, not_before = 0, last_error = ?, trouble_at = ?,
			pending = CASE WHEN version > ? AND cancelled = 0 THEN 1 ELSE 0 END WHERE id = ?`, version, cause, nanos(m.lostAt(now)), version, id)
		if err != nil || m.ts != "" {
			return err
		}
		if m.cancelled {
			return t.reportPage(m.PageID, neverLeft)
		}
		return t.reportPage(m.PageID, func(p incident.Page) incident.Page {
			return p.WithOutcome(incident.PageFailed, cause, now)
		})
	})
}

// neverLeft is a page that was cancelled while it seemed to be on its way, and was not.
func neverLeft(p incident.Page) incident.Page {
	if p.ReceiptAt.IsZero() && (p.State == incident.PageAttempted || p.State == incident.PageAcked) {
		p.State = incident.PageCancelled
	}
	return p
}

// message is what the steps of a delivery need to know of a row.
type message struct {
	Key         string    `json:"key"`
	PageID      string    `json:"page_id"`
	EphemeralTo string    `json:"ephemeral_to"`
	NotAfter    time.Time `json:"not_after"`
	ts          string
	cancelled   bool
}

// lostAt is when a message was lost that is given up at now; zero for one that nobody misses, for a page, which the page
// ledger goes on with, and for an ephemeral answer, whose reader sees that there is none.
func (m message) lostAt(now time.Time) time.Time {
	isLate := !m.NotAfter.IsZero() && !now.Before(m.NotAfter)
	if m.cancelled || m.PageID != "" || m.EphemeralTo != "" || isLate {
		return time.Time{}
	}
	return now
}

// asLeader is onRow for what only the leader may do.
func (s *Store) asLeader(ctx context.Context, action string, id int64, do func(*tx, message) error) error {
	return s.write(ctx, fmt.Sprintf("%s message %d", action, id), func(t *tx) error {
		if err := s.fence(t); err != nil {
			return err
		}
		return t.onRow(id, do)
	})
}

func (s *Store) onRow(ctx context.Context, action string, id int64, do func(*tx, message) error) error {
	return s.write(ctx, fmt.Sprintf("%s message %d", action, id), func(t *tx) error { return t.onRow(id, do) })
}

func (t *tx) onRow(id int64, do func(*tx, message) error) error {
	var (
		m    message
		body []byte
	)
	if err := t.RowForUpdate(`SELECT body, ts, cancelled FROM outbox WHERE id = ?`, []any{id}, &body, &m.ts, &m.cancelled); err != nil {
		return err
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return err
	}
	return do(t, m)
}
