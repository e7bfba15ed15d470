package sqldb

import (
	"context"
	"database/sql"
)

// Tx is used by one goroutine only.
type Tx struct {
	*dialect
	ctx       context.Context
	sql       *sql.Tx
	pool      *Pool
	committed []func()
	heard     func() // is told of every answer
	// missing are the statements that were not prepared yet.
	missing []string
}

// Exec runs a statement in the transaction.
func (t *Tx) Exec(query string, args ...any) (sql.Result, error) {
	defer t.heard()
	values, err := t.values(args)
	if err != nil {
		return nil, err
	}
	if t.driverPrepares {
		return t.sql.ExecContext(t.ctx, t.text(query), values...)
	}
	stmt, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(t.ctx, values...)
}

// OnCommit has do run once the transaction is on the disk, also where the caller of the write has given up.
func (t *Tx) OnCommit(do func()) { t.committed = append(t.committed, do) }

// tell runs what waits for the commit.
func (t *Tx) tell() {
	for _, do := range t.committed {
		do()
	}
}

// Change is exec for a statement that must change exactly one row; the answer is false when it changed none.
func (t *Tx) Change(query string, args ...any) (bool, error) {
	result, err := t.Exec(query, args...)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// Row reads one row within the transaction.
func (t *Tx) Row(query string, args []any, into ...any) error {
	defer t.heard()
	values, err := t.values(args)
	if err != nil {
		return err
	}
	if t.driverPrepares {
		return t.sql.QueryRowContext(t.ctx, t.text(query), values...).Scan(into...)
	}
	stmt, err := t.stmt(query)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(t.ctx, values...).Scan(into...)
}

// RowForUpdate is row for a row that is going to be changed: nobody else changes it before the transaction ends.
func (t *Tx) RowForUpdate(query string, args []any, into ...any) error {
	return t.Row(query+t.forUpdate, args, into...)
}

// stmt is a statement for this transaction. A new one is prepared for it alone, and for later ones too once the writer's
// only connection is free again.
func (t *Tx) stmt(query string) (*sql.Stmt, error) {
	if known, ok := t.pool.known(query); ok {
		return t.sql.StmtContext(t.ctx, known), nil
	}
	t.missing = append(t.missing, query)
	return t.sql.PrepareContext(t.ctx, query)
}

func (t *Tx) prepareMissing() {
	for _, query := range t.missing {
		// Failing costs only speed: the next transaction prepares it for itself.
		_, _ = t.pool.get(t.ctx, query)
	}
}
