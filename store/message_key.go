package store

import (
	"context"
	"database/sql"
	"errors"
)

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
