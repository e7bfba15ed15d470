package events

import (
	"context"
	"sync"
)

// pool runs tasks on a fixed number of workers and takes a bounded number of them.
type pool struct {
	workers int
	limit   int
	tasks   chan func(context.Context)
	extra   chan struct{} // holds one for each extra task

	mu     sync.Mutex
	taken  int // tasks reserved, waiting or running
	closed bool
	// reserved are the tasks that are still to be submitted.
	reserved sync.WaitGroup
}

func newPool(workers, queue int) *pool {
	return &pool{
		workers: workers,
		limit:   workers + queue,
		tasks:   make(chan func(context.Context), workers+queue),
		extra:   make(chan struct{}, 16),
	}
}

func (p *pool) start(ctx context.Context, running *sync.WaitGroup) {
	for range p.workers {
		running.Go(func() {
			for task := range p.tasks {
				task(ctx)
				p.finish()
			}
		})
	}
}

func (p *pool) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken--
}

// reserve claims a place for one task; false if the pool is full or closed. After it, submit must follow, and does not block: what
// was acknowledged because of the reservation will run.
func (p *pool) reserve() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.taken >= p.limit {
		return false
	}
	p.taken++
	p.reserved.Add(1)
	return true
}

// submit runs a task for which there is a reservation.
func (p *pool) submit(task func(context.Context)) {
	defer p.reserved.Done()
	p.tasks <- task
}

// close accepts no more reservations, waits until the reserved tasks are submitted, and lets the workers end after the last task. It
// is called once.
func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.reserved.Wait()
	close(p.tasks)
}

// tryExtra runs a short task outside the pool, unless too many such tasks run already.
func (p *pool) tryExtra(task func()) {
	select {
	case p.extra <- struct{}{}:
		go func() {
			defer func() { <-p.extra }()
			task()
		}()
	default:
	}
}
