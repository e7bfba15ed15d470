package store

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// statements are what one pool of connections runs. Where the driver does not, they are prepared at their first use.
type statements struct {
	*dialect
	db *sql.DB
	// patience is how long a database may be silent; 0 where it is in the process.
	patience time.Duration

	mu sync.Mutex
	by map[string]*sql.Stmt
}

func newStatements(db *sql.DB, d *dialect) *statements {
	return &statements{dialect: d, db: db, by: map[string]*sql.Stmt{}}
}

// get prepares without holding the lock: in memory there is one connection, and a transaction that has it may be
// waiting for the lock.
func (s *statements) get(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := s.known(query); ok {
		return stmt, nil
	}
	stmt, err := s.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if first, ok := s.by[query]; ok {
		stmt.Close()
		return first, nil
	}
	s.by[query] = stmt
	return stmt, nil
}

func (s *statements) known(query string) (*sql.Stmt, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stmt, ok := s.by[query]
	return stmt, ok
}

func (s *statements) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, stmt := range s.by {
		stmt.Close()
	}
	return s.db.Close()
}

// row reads one row; sql.ErrNoRows when there is none.
func (s *statements) row(ctx context.Context, query string, args []any, into ...any) error {
	found := false
	err := s.each(ctx, query, args, func(rows *sql.Rows) error {
		if found {
			return nil
		}
		found = true
		return rows.Scan(into...)
	})
	if err == nil && !found {
		err = sql.ErrNoRows
	}
	return err
}

// each calls scan for every row.
func (s *statements) each(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	ctx, w := s.watch(ctx)
	defer w.stop()
	rows, err := s.query(ctx, query, args)
	if err != nil {
		return w.why(err)
	}
	defer rows.Close()
	for rows.Next() {
		w.heard()
		if err := scan(rows); err != nil {
			return err
		}
	}
	return w.why(rows.Err())
}

func (s *statements) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	values, err := s.values(args)
	if err != nil {
		return nil, err
	}
	if s.driverPrepares {
		return s.db.QueryContext(ctx, s.text(query), values...)
	}
	stmt, err := s.get(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, values...)
}

// exec runs one statement in a transaction of its own.
func (s *statements) exec(ctx context.Context, query string, args ...any) (changed int64, err error) {
	ctx, w := s.watch(ctx)
	defer w.stop()
	values, err := s.values(args)
	if err != nil {
		return 0, err
	}
	result, err := s.db.ExecContext(ctx, s.text(query), values...)
	if err != nil {
		return 0, w.why(err)
	}
	return result.RowsAffected()
}
