package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"opsbot/handlers"
	"opsbot/messages"
)

// Create stores a call together with its first audit event and what is to be said about it.
func (s *Store) Create(ctx context.Context, r handlers.Record, event handlers.AuditEvent, say ...messages.Outbound) error {
	return s.write(ctx, "create call "+r.ID, func(t *tx) error {
		body, err := json.Marshal(r)
		if err != nil {
			return err
		}
		ok, err := t.change(`INSERT INTO calls (id, version, source_id, state, created_at, body) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO NOTHING`, r.ID, r.Version, r.SourceID, r.State, nanos(r.CreatedAt), string(body))
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("source %s: %w", r.SourceID, handlers.ErrDuplicate)
		}
		return t.account(event, say, s.now())
	})
}

// Update replaces calls whose stored Version is that of the change, all of them or none, together with their audit events
// and what is to be said about them.
func (s *Store) Update(ctx context.Context, changes ...handlers.Change) error {
	ids := make([]string, len(changes))
	for i, c := range changes {
		ids[i] = c.Record.ID
	}
	return s.write(ctx, "update call "+strings.Join(ids, ", "), func(t *tx) error {
		for _, c := range changes {
			if err := t.updateCall(c.Record); err != nil {
				return err
			}
			if err := t.account(c.Event, c.Say, s.now()); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) updateCall(r handlers.Record) error {
	read := r.Version
	r.Version++
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	ok, err := t.change(`UPDATE calls SET version = ?, state = ?, body = ? WHERE id = ? AND version = ?`,
		r.Version, r.State, string(body), r.ID, read)
	if err != nil {
		return err
	}
	if !ok {
		return t.whyUnchanged(r.ID)
	}
	return nil
}

// account writes down what was done and wants said what there is to say.
func (t *tx) account(event handlers.AuditEvent, say []messages.Outbound, now time.Time) error {
	for _, m := range say {
		if err := t.putMessage(m, now); err != nil {
			return err
		}
	}
	return t.appendAudit(event)
}

// Call returns one call.
func (s *Store) Call(ctx context.Context, id string) (handlers.Record, error) {
	list, err := listBodies[handlers.Record](ctx, s, `SELECT body FROM calls WHERE id = ?`, id)
	if err != nil {
		return handlers.Record{}, wrap("read call "+id, err)
	}
	if len(list) == 0 {
		return handlers.Record{}, fmt.Errorf("read call %s: %w", id, handlers.ErrNotFound)
	}
	return list[0], nil
}

// Unfinished returns the calls in a state, the oldest first.
func (s *Store) Unfinished(ctx context.Context, state handlers.State) ([]handlers.Record, error) {
	list, err := listBodies[handlers.Record](ctx, s, `SELECT body FROM calls WHERE state = ? ORDER BY created_at, id`, state)
	return list, wrap("list calls in state "+string(state), err)
}

// whyUnchanged tells a call that is not there from one that somebody else changed.
func (t *tx) whyUnchanged(id string) error {
	var version int64
	err := t.row(`SELECT version FROM calls WHERE id = ?`, []any{id}, &version)
	if errors.Is(err, sql.ErrNoRows) {
		return handlers.ErrNotFound
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("call %s: stored version %d: %w", id, version, handlers.ErrConflict)
}
