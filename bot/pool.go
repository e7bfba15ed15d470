package bot

import (
	"context"
	"sync"
	"sync/atomic"
)

// pool runs tasks on a fixed number of workers and takes a bounded number of them.
type pool struct {
	workers int
	limit   int64
	waiting atomic.Int64
	tasks   chan func(context.Context)
	sorry   chan struct{} // apologies at once

	mu     sync.RWMutex
	closed bool
}

func newPool(workers, queue int) *pool {
	return &pool{
		workers: workers,
		limit:   int64(workers + queue),
		tasks:   make(chan func(context.Context), workers+queue),
		sorry:   make(chan struct{}, 16),
	}
}

func (p *pool) start(ctx context.Context, running *sync.WaitGroup) {
	for range p.workers {
		running.Go(func() {
			for task := range p.tasks {
				task(ctx)
				p.waiting.Add(-1)
			}
		})
	}
}

// reserve claims room for one task, waiting or running. After it, submit does not block.
func (p *pool) reserve() bool {
	if p.waiting.Add(1) > p.limit {
		p.waiting.Add(-1)
		return false
	}
	return true
}

// submit runs a task for which there is a reservation.
func (p *pool) submit(task func(context.Context)) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.closed {
		p.waiting.Add(-1)
		return
	}
	p.tasks <- task
}

// close lets the workers end once everything submitted has run.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.closed = true
		close(p.tasks)
	}
}

// apologise runs a short task beside the pool, if not too many run already.
func (p *pool) apologise(task func()) {
	select {
	case p.sorry <- struct{}{}:
		go func() {
			defer func() { <-p.sorry }()
			task()
		}()
	default:
	}
}
