package store

import (
	"context"
	"database/sql"
)

// transaction is used by one goroutine only.
type transaction struct {
	*dialect
	ctx       context.Context
	sql       *sql.Tx
	pool      *pool
	committed []func()
	heard     func() // is told of every answer
	// missing are the statements that were not prepared yet.
	missing []string
}

func (t *transaction) exec(query string, args ...any) (sql.Result, error) {
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

// onCommit has do run once the transaction is on the disk, also where the caller of the write has given up.
func (t *transaction) onCommit(do func()) { t.committed = append(t.committed, do) }

// tell runs what waits for the commit.
func (t *transaction) tell() {
	for _, do := range t.committed {
		do()
	}
}

// change is exec for a statement that must change exactly one row; the answer is false when it changed none.
func (t *transaction) change(query string, args ...any) (bool, error) {
	result, err := t.exec(query, args...)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// row reads one row within the transaction.
func (t *transaction) row(query string, args []any, into ...any) error {
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
func (t *transaction) lock(query string, args []any, into ...any) error {
	return t.row(query+t.forUpdate, args, into...)
}

// stmt is a statement for this transaction. One that is new is prepared for it alone, and for good once the writer's
// only connection is free again.
func (t *transaction) stmt(query string) (*sql.Stmt, error) {
	if known, ok := t.pool.known(query); ok {
		return t.sql.StmtContext(t.ctx, known), nil
	}
	t.missing = append(t.missing, query)
	return t.sql.PrepareContext(t.ctx, query)
}

func (t *transaction) prepareMissing() {
	for _, query := range t.missing {
		// Failing costs only speed: the next transaction prepares it for itself.
		_, _ = t.pool.get(t.ctx, query)
	}
}
