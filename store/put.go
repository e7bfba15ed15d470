package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"opsbot/messages"
)

// Put wants messages to stand in Slack. A message with a known Key replaces the one before; an equal one changes nothing.
func (s *Store) Put(ctx context.Context, wanted ...messages.Outbound) error {
	return s.write(ctx, "put messages", func(t *tx) error {
		for _, m := range wanted {
			if err := t.putMessage(m, s.now()); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) putMessage(m messages.Outbound, now time.Time) error {
	if m.Key == "" || (m.Channel == "" && m.ReplyTo == "" && m.ResponseURL == "") {
		return fmt.Errorf("message %q: key and channel are required", m.Key)
	}
	data, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode message %s: %w", m.Key, err)
	}
	var (
		id   int64
		body string
	)
	switch err := t.row(`SELECT id, body FROM outbox WHERE key = ?`, []any{m.Key}, &id, &body); {
	case errors.Is(err, sql.ErrNoRows):
		err = t.insertMessage(m, string(data), now)
		t.put = t.put || err == nil
		return err
	case err != nil:
		return err
	case body == string(data):
		return nil
	}
	t.put = true
	// queued_at tells how long a reader has seen something old; it stays when an update overtakes another.
	_, err = t.exec(`UPDATE outbox SET version = version + 1, lane = ?, body = ?, not_after = ?, attempts = 0, cancelled = 0,
		queued_at = CASE WHEN pending = 1 THEN queued_at ELSE ? END, pending = 1 WHERE id = ?`,
		m.Lane, string(data), nanos(m.NotAfter), nanos(now), id)
	return err
}

func (t *tx) insertMessage(m messages.Outbound, body string, now time.Time) error {
	destination, err := t.destination(m)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO outbox (key, lane, destination, reply_to, not_after, body, version, pending, queued_at, created_at)
		VALUES (?, ?, ?, ?, ?, ?, 1, 1, ?, ?)`,
		m.Key, m.Lane, destination, m.ReplyTo, nanos(m.NotAfter), body, nanos(now), nanos(now))
	return err
}

// destination is the channel whose budget (SF-5.5) the message uses up.
func (t *tx) destination(m messages.Outbound) (string, error) {
	if m.ReplyTo == "" {
		return m.Channel, nil
	}
	var channel string
	err := t.row(`SELECT destination FROM outbox WHERE key = ?`, []any{m.ReplyTo}, &channel)
	if errors.Is(err, sql.ErrNoRows) {
		return m.Channel, nil
	}
	return channel, err
}

// cancelMessage takes a message back that was not sent. One that may be on its way is left to delivery to find out;
// if it turns out that it is not, it is not sent again.
func (t *tx) cancelMessage(key string) error {
	_, err := t.exec(`UPDATE outbox SET cancelled = 1, pending = in_flight WHERE key = ? AND ts = '' AND pending = 1`, key)
	return err
}
