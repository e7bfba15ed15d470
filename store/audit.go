package store

import (
	"context"
	"database/sql"
	"errors"

	"opsbot/handlers/audit"
)

// appendAudit chains event to the last row, in the transaction of what it tells of.
func (t *tx) appendAudit(event audit.Event) error {
	if err := t.holdAudit(); err != nil {
		return err
	}
	var last audit.Row
	err := t.Row(`SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1`, nil, &last.Seq, &last.Hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	row, err := audit.Chain(last, eventWithoutSecrets(event))
	if err != nil {
		return err
	}
	_, err = t.Exec(`INSERT INTO audit (seq, prev, hash, event) VALUES (?, ?, ?, ?)`, row.Seq, row.Prev, row.Hash, row.Event)
	return err
}

// holdAudit keeps other opsbots from appending to the audit record, and so from whatever is accounted for in it, until the
// transaction ends.
func (t *tx) holdAudit() error {
	if t.store.own.lockAudit == "" {
		return nil
	}
	_, err := t.Exec(t.store.own.lockAudit)
	return err
}

// Audit chains an event that belongs to no call.
func (s *Store) Audit(ctx context.Context, event audit.Event) error {
	return s.write(ctx, "append to audit record", func(t *tx) error { return t.appendAudit(event) })
}

// AuditHead is the last row, the zero Row where there is none.
func (s *Store) AuditHead(ctx context.Context) (audit.Row, error) {
	var r audit.Row
	err := s.db.Reads.Row(ctx, `SELECT seq, prev, hash, event FROM audit ORDER BY seq DESC LIMIT 1`, nil, &r.Seq, &r.Prev, &r.Hash, &r.Event)
	if errors.Is(err, sql.ErrNoRows) {
		return audit.Row{}, nil
	}
	return r, wrap("read the end of the audit record", err)
}

// AuditRows returns the rows that follow row number after, in order.
func (s *Store) AuditRows(ctx context.Context, after int64, limit int) ([]audit.Row, error) {
	var list []audit.Row
	err := s.db.Reads.Each(ctx, `SELECT seq, prev, hash, event FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`, []any{after, limit},
		func(rows *sql.Rows) error {
			var r audit.Row
			err := rows.Scan(&r.Seq, &r.Prev, &r.Hash, &r.Event)
			list = append(list, r)
			return err
		})
	return list, wrap("read audit record", err)
}
