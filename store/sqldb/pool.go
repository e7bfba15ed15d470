package sqldb

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// Pool is a pool of connections. Where the driver does not, it prepares each statement at its first use.
type Pool struct {
	*dialect
	db *sql.DB
	// patience is how long a database may be silent; 0 where it is in the process.
	patience time.Duration

	mu sync.Mutex
	by map[string]*sql.Stmt
}

func newPool(db *sql.DB, d *dialect) *Pool {
	return &Pool{dialect: d, db: db, by: map[string]*sql.Stmt{}}
}

// get prepares without holding the lock: in memory there is one connection, and a transaction that has it may be
// waiting for the lock.
func (p *Pool) get(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := p.known(query); ok {
		return stmt, nil
	}
	stmt, err := p.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if first, ok := p.by[query]; ok {
		stmt.Close()
		return first, nil
	}
	p.by[query] = stmt
	return stmt, nil
}

func (p *Pool) known(query string) (*sql.Stmt, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	stmt, ok := p.by[query]
	return stmt, ok
}

func (p *Pool) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, stmt := range p.by {
		stmt.Close()
	}
	return p.db.Close()
}

// Row reads one row; sql.ErrNoRows when there is none.
func (p *Pool) Row(ctx context.Context, query string, args []any, into ...any) error {
	found := false
	err := p.Each(ctx, query, args, func(rows *sql.Rows) error {
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

// Each calls scan for every row.
func (p *Pool) Each(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	ctx, w := p.watch(ctx)
	defer w.stop()
	rows, err := p.query(ctx, query, args)
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

func (p *Pool) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	values, err := p.values(args)
	if err != nil {
		return nil, err
	}
	if p.driverPrepares {
		return p.db.QueryContext(ctx, p.text(query), values...)
	}
	stmt, err := p.get(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, values...)
}

// Exec runs one statement in a transaction of its own.
func (p *Pool) Exec(ctx context.Context, query string, args ...any) (changed int64, err error) {
	ctx, w := p.watch(ctx)
	defer w.stop()
	values, err := p.values(args)
	if err != nil {
		return 0, err
	}
	result, err := p.db.ExecContext(ctx, p.text(query), values...)
	if err != nil {
		return 0, w.why(err)
	}
	return result.RowsAffected()
}
