package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// commitLimit is how many writes share a commit at most.
const commitLimit = 512

// job is one write. do runs in a transaction that it shares with others; when it fails, only its own part is undone.
type job struct {
	ctx  context.Context
	do   func(*tx) error
	done chan error // buffered: a caller that gave up does not hold the writer
	err  error
}

// tx is the transaction of a commit, used by the writer's goroutine only.
type tx struct {
	ctx   context.Context
	sql   *sql.Tx
	stmts *statements
	put   bool // messages were put
	// missing are the statements that were not prepared yet.
	missing []string
}

// write runs do in a transaction and returns when that is durable. When ctx ends first the outcome is open: the write
// may still be made. do must not keep what it computed anywhere but in variables that are read after success.
func (s *Store) write(ctx context.Context, action string, do func(*tx) error) error {
	j := &job{ctx: ctx, do: do, done: make(chan error, 1)}
	select {
	case <-s.closing:
		return wrap(action, ErrClosed)
	default:
	}
	select {
	case s.jobs <- j:
	case <-s.stopped:
		return wrap(action, ErrClosed)
	case <-ctx.Done():
		return wrap(action, context.Cause(ctx))
	}
	select {
	case err := <-j.done:
		return wrap(action, err)
	case <-ctx.Done():
		return wrap(action, context.Cause(ctx))
	case <-s.stopped:
		select {
		case err := <-j.done:
			return wrap(action, err)
		default:
			return wrap(action, ErrClosed)
		}
	}
}

// writer commits jobs: all that are waiting when the last commit is done go into the next one, so that the time of an
// fsync is shared by as many writes as came meanwhile.
func (s *Store) writer() {
	defer close(s.stopped)
	for {
		select {
		case j := <-s.jobs:
			s.commit(s.gather(j))
		case <-s.closing:
			s.drainJobs()
			return
		}
	}
}

func (s *Store) drainJobs() {
	for {
		select {
		case j := <-s.jobs:
			s.commit(s.gather(j))
		default:
			return
		}
	}
}

func (s *Store) gather(first *job) []*job {
	batch := []*job{first}
	for len(batch) < commitLimit {
		select {
		case j := <-s.jobs:
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

// commit runs the jobs in one transaction and tells each how it went.
func (s *Store) commit(batch []*job) {
	put, err := s.transact(batch)
	for _, j := range batch {
		if j.err == nil {
			j.err = err
		}
		j.done <- j.err
	}
	if err == nil && put {
		select {
		case s.changed <- struct{}{}:
		default:
		}
	}
}

func (s *Store) transact(batch []*job) (put bool, err error) {
	// Not the context of a job: one caller giving up must not undo what the others wrote.
	ctx := context.Background()
	begun, err := s.writes.db.BeginTx(ctx, nil)
	if err != nil {
		return false, fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = begun.Rollback() }() // does nothing after a commit; what spoilt the transaction is the error to tell
	t := &tx{ctx: ctx, sql: begun, stmts: s.writes}
	for _, j := range batch {
		if j.err = j.ctx.Err(); j.err != nil {
			continue
		}
		if err := t.part(j, len(batch) > 1); err != nil {
			return false, err
		}
	}
	if err := begun.Commit(); err != nil {
		return false, fmt.Errorf("commit: %w", err)
	}
	t.prepareMissing()
	return t.put, nil
}

// part runs one job. An error means that the transaction as a whole is lost.
func (t *tx) part(j *job, shared bool) error {
	if !shared {
		j.err = j.do(t)
		return j.err
	}
	if _, err := t.exec(`SAVEPOINT part`); err != nil {
		return err
	}
	if j.err = j.do(t); j.err != nil {
		if _, err := t.exec(`ROLLBACK TO part`); err != nil {
			return errors.Join(j.err, err)
		}
	}
	_, err := t.exec(`RELEASE part`)
	return err
}

func (t *tx) exec(query string, args ...any) (sql.Result, error) {
	stmt, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(t.ctx, args...)
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
	stmt, err := t.stmt(query)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(t.ctx, args...).Scan(into...)
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
