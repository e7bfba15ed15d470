package store

import (
	"context"
	"database/sql"
	"errors"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/handlers/audit"
)

// KeepFeedKey stores a person's key in the place of an older one, together with its audit event.
func (s *Store) KeepFeedKey(ctx context.Context, k oncall.FeedKey, event audit.Event) error {
	return s.write(ctx, "store feed key of "+k.User, func(t *tx) error {
		_, err := t.Exec(`INSERT INTO feed_keys (slack_user, id, hash, issued_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (slack_user) DO UPDATE SET id = excluded.id, hash = excluded.hash, issued_at = excluded.issued_at`, k.User, k.ID, k.Hash, nanos(k.IssuedAt))
		if err != nil {
			return err
		}
		return t.appendAudit(event)
	})
}

// DropFeedKey removes the key of that id, together with the audit event of it. The error is incident.ErrNotFound where there is none.
func (s *Store) DropFeedKey(ctx context.Context, id string, event audit.Event) error {
	return s.write(ctx, "drop feed key "+id, func(t *tx) error {
		result, err := t.Exec(`DELETE FROM feed_keys WHERE id = ?`, id)
		if err != nil {
			return err
		}
		dropped, err := result.RowsAffected()
		if err == nil && dropped == 0 {
			err = incident.ErrNotFound
		}
		if err != nil {
			return err
		}
		return t.appendAudit(event)
	})
}

// FeedKey finds a key by its id; incident.ErrNotFound where there is none.
func (s *Store) FeedKey(ctx context.Context, id string) (oncall.FeedKey, error) {
	return s.feedKey(ctx, "id", id)
}

// FeedKeyOf finds the key of a Slack user; incident.ErrNotFound where there is none.
func (s *Store) FeedKeyOf(ctx context.Context, user string) (oncall.FeedKey, error) {
	return s.feedKey(ctx, "slack_user", user)
}

func (s *Store) feedKey(ctx context.Context, column, value string) (k oncall.FeedKey, err error) {
	var at int64
	err = s.db.Reads.Row(ctx, `SELECT slack_user, id, hash, issued_at FROM feed_keys WHERE `+column+` = ?`, []any{value}, &k.User, &k.ID, &k.Hash, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return oncall.FeedKey{}, incident.ErrNotFound
	}
	k.IssuedAt = fromNanos(at)
	return k, wrap("read a feed key", err)
}
