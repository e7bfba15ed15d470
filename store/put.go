package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"opsbot/messages"
)

// Put wants messages to stand in Slack. A message with a known Key replaces the one before; an equal one changes nothing.
func (s *Store) Put(ctx context.Context, wanted ...messages.Outbound) error {
	return s.write(ctx, "put messages", func(t *tx) error {
		return t.putMessages(wanted, s.now())
	})
}

func (t *tx) putMessages(list []messages.Outbound, now time.Time) error {
	for _, m := range list {
		if err := t.putMessage(m, now); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) putMessage(m messages.Outbound, now time.Time) error {
	if m.Key == "" || (m.Channel == "" && m.ReplyTo == "" && m.ResponseURL == "") {
		return fmt.Errorf("message %q: key and channel are required", m.Key)
	}
	m = withoutSecrets(m)
	if m.Edit {
		known, err := t.hasMessage(m.Key)
		if err != nil || !known {
			return err
		}
	}
	data, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode message %s: %w", m.Key, err)
	}
	changed, err := t.Change(upsertMessage, m.Key, m.Lane, m.ReplyTo, m.Channel, m.ReplyTo, nanos(m.NotAfter), string(data), nanos(now), nanos(now))
	if changed {
		t.OnCommit(t.store.outboxChanged)
	}
	return err
}

func (t *tx) hasMessage(key string) (bool, error) {
	var n int
	err := t.Row(`SELECT COUNT(*) FROM outbox WHERE key = ?`, []any{key}, &n)
	return n > 0, err
}

// upsertMessage: the destination is the channel whose budget (SF-5.5) the message uses up, of a reply that of its root.
// queued_at tells how long a reader has seen something old; it stays when an update overtakes another.
const upsertMessage = `INSERT INTO outbox (key, lane, destination, reply_to, not_after, body, version, pending, queued_at, created_at)
	VALUES (?, ?, COALESCE((SELECT root.destination FROM outbox root WHERE root.key = ?), ?), ?, ?, ?, 1, 1, ?, ?)
	ON CONFLICT (key) DO UPDATE SET version = outbox.version + 1, lane = excluded.lane, body = excluded.body, not_after = excluded.not_after,
		attempts = 0, cancelled = 0, trouble_at = CASE WHEN outbox.pending = 1 THEN outbox.trouble_at ELSE 0 END,
		queued_at = CASE WHEN outbox.pending = 1 THEN outbox.queued_at ELSE excluded.queued_at END, pending = 1
	WHERE outbox.body <> excluded.body`

// cancelMessage takes a message back that was not sent. One that may be on its way is left to delivery to find out;
// if it turns out that it is not, it is not sent again.
func (t *tx) cancelMessage(key string) error {
	_, err := t.Exec(`UPDATE outbox SET cancelled = 1, pending = in_flight, trouble_at = 0 WHERE key = ? AND ts = '' AND pending = 1`, key)
	return err
}
