package sqldb

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// commitLimit is how many writes share a commit at most.
const commitLimit = 512

// groupWriter commits many writes together, in one goroutine with the database's only writing connection. It is SQLite's
// writer: there a second one would only wait.
type groupWriter struct {
	pool      *Pool
	committed func()
	jobs      chan *job
	closing   chan struct{}
	stopped   chan struct{}
	once      sync.Once
}

// job is one write. do runs in a transaction that it shares with others; when it fails, only its own part is undone.
type job struct {
	ctx  context.Context
	do   func(*Tx) error
	done chan error // buffered: a caller that gave up does not hold the writer
	err  error
}

func newGroupWriter(pool *Pool, committed func()) *groupWriter {
	w := &groupWriter{
		pool: pool, committed: committed,
		jobs: make(chan *job, 1024), closing: make(chan struct{}), stopped: make(chan struct{}),
	}
	go w.run()
	return w
}

func (w *groupWriter) write(ctx context.Context, do func(*Tx) error) error {
	j := &job{ctx: ctx, do: do, done: make(chan error, 1)}
	select {
	case <-w.closing:
		return ErrClosed
	default:
	}
	select {
	case w.jobs <- j:
	case <-w.stopped:
		return ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-w.stopped:
		select {
		case err := <-j.done:
			return err
		default:
			return ErrClosed
		}
	}
}

func (w *groupWriter) close() {
	w.once.Do(func() { close(w.closing) })
	<-w.stopped
}

// run commits jobs: all that are waiting when the last commit is done go into the next one, so that the time of an
// fsync is shared by as many writes as came meanwhile.
func (w *groupWriter) run() {
	defer close(w.stopped)
	for {
		select {
		case j := <-w.jobs:
			w.commit(w.gather(j))
		case <-w.closing:
			w.drain()
			return
		}
	}
}

func (w *groupWriter) drain() {
	for {
		select {
		case j := <-w.jobs:
			w.commit(w.gather(j))
		default:
			return
		}
	}
}

func (w *groupWriter) gather(first *job) []*job {
	batch := []*job{first}
	for len(batch) < commitLimit {
		select {
		case j := <-w.jobs:
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

// commit runs the jobs in one transaction and tells each how it went.
func (w *groupWriter) commit(batch []*job) {
	t, err := w.transact(batch)
	for _, j := range batch {
		if j.err == nil {
			j.err = err
		}
		j.done <- j.err
	}
	if err == nil {
		t.tell()
		w.committed()
	}
}

func (w *groupWriter) transact(batch []*job) (t *Tx, err error) {
	// Not the context of a job: one caller giving up must not undo what the others wrote.
	ctx := context.Background()
	begun, err := w.pool.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = begun.Rollback() }() // does nothing after a commit; what spoilt the transaction is the error to tell
	t = &Tx{dialect: w.pool.dialect, ctx: ctx, sql: begun, pool: w.pool, heard: func() {}}
	for _, j := range batch {
		if j.err = j.ctx.Err(); j.err != nil {
			continue
		}
		if err := t.part(j, len(batch) > 1); err != nil {
			return nil, err
		}
	}
	if err := begun.Commit(); err != nil {
		return nil, fmt.Errorf("commit: %w", err)
	}
	t.prepareMissing()
	return t, nil
}

// part runs one job. An error means that the transaction as a whole is lost.
func (t *Tx) part(j *job, shared bool) error {
	if !shared {
		j.err = j.do(t)
		return j.err
	}
	if _, err := t.Exec(`SAVEPOINT part`); err != nil {
		return err
	}
	before := len(t.committed)
	if j.err = j.do(t); j.err != nil {
		t.committed = t.committed[:before]
		if _, err := t.Exec(`ROLLBACK TO part`); err != nil {
			return errors.Join(j.err, err)
		}
	}
	_, err := t.Exec(`RELEASE part`)
	return err
}
