package store

import (
	"context"
	"database/sql"
)

// tx is a transaction, used by one goroutine only.
type tx struct {
	*dialect
	ctx   context.Context
	sql   *sql.Tx
	stmts *statements
	put   bool   // messages were put
	heard func() // is told of every answer
	// missing are the statements that were not prepared yet.
	missing []string
}

func (t *tx) exec(query string, args ...any) (sql.Result, error) {
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

// change is exec for a statement that must change exactly one row; the answer is false when it changed none.
func (t *tx) change(query string, args ...any) (bool, error) {
	result, err := t.exec(query, args...)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// row reads one row within the transaction.
func (t *tx) row(query string, args []any, into ...any) error {
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

// lock is row for a row that is going to be changed: nobody else changes it before the transaction ends.
func (t *tx) lock(query string, args []any, into ...any) error {
	return t.row(query+t.forUpdate, args, into...)
}

// stmt is a statement for this transaction. One that is new is prepared for it alone, and for good once the writer's
// only connection is free again.
func (t *tx) stmt(query string) (*sql.Stmt, error) {
	if known, ok := t.stmts.known(query); ok {
		return t.sql.StmtContext(t.ctx, known), nil
	}
	t.missing = append(t.missing, query)
	return t.sql.PrepareContext(t.ctx, query)
}

func (t *tx) prepareMissing() {
	for _, query := range t.missing {
		// Failing costs only speed: the next transaction prepares it for itself.
		_, _ = t.stmts.get(t.ctx, query)
	}
}
