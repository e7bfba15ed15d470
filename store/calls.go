package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"opsbot/handlers/audit"
	"opsbot/handlers/calls"
	"opsbot/messages"
)

// Create stores a call together with its first audit event, if it has one already, and what is to be said about it.
func (s *Store) Create(ctx context.Context, r calls.Record, event audit.Event, say ...messages.Outbound) error {
	return s.write(ctx, "create call "+r.ID, func(t *tx) error {
		body, err := json.Marshal(callWithoutSecrets(r))
		if err != nil {
			return err
		}
		ok, err := t.Change(`INSERT INTO calls (id, version, source_id, state, created_at, owner, body) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO NOTHING`, r.ID, r.Version, r.SourceID, r.State, nanos(r.CreatedAt), s.id, string(body))
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("source %s: %w", r.SourceID, calls.ErrDuplicate)
		}
		if err := t.putMessages(say, s.now()); err != nil {
			return err
		}
		return t.auditIf(event)
	})
}

// auditIf appends an event, unless it is none.
func (t *tx) auditIf(e audit.Event) error {
	if e.Action == "" {
		return nil
	}
	return t.appendAudit(e)
}

// Update replaces calls whose stored Version is that of the change, all of them or none, together with their audit events
// and what is to be said about them.
func (s *Store) Update(ctx context.Context, changes ...calls.Change) error {
	ids := make([]string, len(changes))
	for i, c := range changes {
		ids[i] = c.Record.ID
	}
	return s.write(ctx, "update call "+strings.Join(ids, ", "), func(t *tx) error {
		for _, c := range changes {
			if err := t.updateCall(c.Record, s.id); err != nil {
				return err
			}
			if err := t.putMessages(c.Say, s.now()); err != nil {
				return err
			}
		}
		// Last, because appending to the audit record blocks all other writers of it.
		for _, c := range changes {
			if err := errors.Join(t.auditIf(c.Requested), t.auditIf(c.Event)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) updateCall(r calls.Record, owner string) error {
	read := r.Version
	r.Version++
	body, err := json.Marshal(callWithoutSecrets(r))
	if err != nil {
		return err
	}
	ok, err := t.Change(`UPDATE calls SET version = ?, state = ?, owner = ?, body = ? WHERE id = ? AND version = ?`,
		r.Version, r.State, owner, string(body), r.ID, read)
	if err != nil {
		return err
	}
	if !ok {
		return t.whyUnchanged(r.ID)
	}
	return nil
}

// Call returns one call.
func (s *Store) Call(ctx context.Context, id string) (calls.Record, error) {
	list, err := listBodies[calls.Record](ctx, s, `SELECT body FROM calls WHERE id = ?`, id)
	if err != nil {
		return calls.Record{}, wrap("read call "+id, err)
	}
	if len(list) == 0 {
		return calls.Record{}, fmt.Errorf("read call %s: %w", id, calls.ErrNotFound)
	}
	return list[0], nil
}

// Unfinished returns the calls in a state, the oldest first.
func (s *Store) Unfinished(ctx context.Context, state calls.State) ([]calls.Record, error) {
	list, err := listBodies[calls.Record](ctx, s, `SELECT body FROM calls WHERE state = ? ORDER BY created_at, id`, state)
	return list, wrap("list calls in state "+string(state), err)
}

// Abandoned returns the calls that were begun by an opsbot that is gone, the oldest first.
func (s *Store) Abandoned(ctx context.Context) ([]calls.Record, error) {
	list, err := listBodies[calls.Record](ctx, s, `SELECT body FROM calls WHERE state IN (?, ?) AND owner NOT IN (SELECT id FROM replicas)
		ORDER BY created_at, id`, calls.Accepted, calls.Running)
	return list, wrap("list abandoned calls", err)
}

// Own returns the running calls of this opsbot, the oldest first.
func (s *Store) Own(ctx context.Context) ([]calls.Record, error) {
	list, err := listBodies[calls.Record](ctx, s, `SELECT body FROM calls WHERE state = ? AND owner = ? ORDER BY created_at, id`, calls.Running, s.id)
	return list, wrap("list own calls", err)
}

// RequestStop notes that somebody wants a running call to stop, for the opsbot that runs it.
func (s *Store) RequestStop(ctx context.Context, call, by string) error {
	return s.write(ctx, "stop call "+call, func(t *tx) error {
		_, err := t.Change(`UPDATE calls SET stop_by = ? WHERE id = ? AND state = ?`, by, call, calls.Running)
		return err
	})
}

// StopRequests are the Slack user ids of those who want calls of this opsbot to stop, by call.
func (s *Store) StopRequests(ctx context.Context) (map[string]string, error) {
	requests := map[string]string{}
	err := s.db.Reads.Each(ctx, `SELECT id, stop_by FROM calls WHERE state = ? AND owner = ? AND stop_by <> ''`, []any{calls.Running, s.id},
		func(rows *sql.Rows) error {
			var call, by string
			if err := rows.Scan(&call, &by); err != nil {
				return err
			}
			requests[call] = by
			return nil
		})
	return requests, wrap("list runs to stop", err)
}

// whyUnchanged tells a call that is not there from one that somebody else changed.
func (t *tx) whyUnchanged(id string) error {
	var version int64
	err := t.Row(`SELECT version FROM calls WHERE id = ?`, []any{id}, &version)
	if errors.Is(err, sql.ErrNoRows) {
		return calls.ErrNotFound
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("call %s: stored version %d: %w", id, version, calls.ErrConflict)
}
