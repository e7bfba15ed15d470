package handlers

import (
	"context"
	"sync"
)

// turns lets one at a time do something about each of many things. Unlike a mutex, waiting ends with the context.
type turns struct {
	mu    sync.Mutex
	taken map[string]chan struct{} // closed when the turn is over
}

// take waits for the turn of key. The caller ends it; the error is that of ctx.
func (t *turns) take(ctx context.Context, key string) (end func(), err error) {
	for {
		busy, end := t.try(key)
		if busy == nil {
			return end, nil
		}
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// try takes the turn or returns what is closed when that of somebody else is over.
func (t *turns) try(key string) (busy <-chan struct{}, end func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if busy, ok := t.taken[key]; ok {
		return busy, nil
	}
	if t.taken == nil {
		t.taken = map[string]chan struct{}{}
	}
	over := make(chan struct{})
	t.taken[key] = over
	return nil, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.taken, key)
		close(over)
	}
}
