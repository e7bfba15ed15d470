package handlers

import (
	"context"
	"sync"
)

// keyedMutex is a mutex for each key. Unlike with a sync.Mutex, waiting ends with the context.
type keyedMutex struct {
	mu     sync.Mutex
	locked map[string]chan struct{} // closed when it is unlocked
}

// lock waits for the mutex of key. The error is that of ctx.
func (m *keyedMutex) lock(ctx context.Context, key string) (unlock func(), err error) {
	for {
		busy, unlock := m.tryLock(key)
		if busy == nil {
			return unlock, nil
		}
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// tryLock locks the mutex of key, or returns what is closed when somebody else unlocks it.
func (m *keyedMutex) tryLock(key string) (busy <-chan struct{}, unlock func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if busy, ok := m.locked[key]; ok {
		return busy, nil
	}
	if m.locked == nil {
		m.locked = map[string]chan struct{}{}
	}
	released := make(chan struct{})
	m.locked[key] = released
	return nil, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.locked, key)
		close(released)
	}
}
