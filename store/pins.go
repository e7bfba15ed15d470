package store

import (
	"context"
	"database/sql"
	"errors"
)

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
