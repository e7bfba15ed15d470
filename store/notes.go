package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
)

// Note keeps what opsbot needs to know at its next start, in place of what it kept under that name before.
func (s *Store) Note(ctx context.Context, name string, v any) error {
	body, err := encoded(v)
	if err != nil {
		return err
	}
	return s.write(ctx, "keep note "+name, func(t *tx) error {
		_, err := t.Exec(`INSERT INTO notes (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body`, name, body)
		return err
	})
}

// Noted reads into v what was kept under a name; ok is false when nothing was.
func (s *Store) Noted(ctx context.Context, name string, v any) (ok bool, err error) {
	var body string
	err = s.db.Reads.Row(ctx, `SELECT body FROM notes WHERE name = ?`, []any{name}, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(body), v)
	}
	return err == nil, wrap("read note "+name, err)
}

// Pin implements identity.Pins.
func (s *Store) Pin(ctx context.Context, email, slackUser string) (owner string, err error) {
	const find = `SELECT slack_user FROM identity_pins WHERE email = ?`
	err = s.db.Reads.Row(ctx, find, []any{email}, &owner)
	if !errors.Is(err, sql.ErrNoRows) {
		return owner, wrap("read whose e-mail address it is", err)
	}
	err = s.write(ctx, "pin an e-mail address", func(t *tx) error {
		_, err := t.Exec(`INSERT INTO identity_pins (email, slack_user, pinned_at) VALUES (?, ?, ?) ON CONFLICT (email) DO NOTHING`, email, slackUser, nanos(s.now()))
		if err != nil {
			return err
		}
		return t.Row(find, []any{email}, &owner)
	})
	return owner, err
}
