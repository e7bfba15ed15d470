// Package keyedmutex has a mutex for each of many keys.
package keyedmutex

import (
	"context"
	"sync"
)

// Mutex is a mutex for each key. Unlike with a sync.Mutex, waiting ends with the context.
type Mutex struct {
	mu     sync.Mutex
	locked map[string]chan struct{} // closed when it is unlocked
}

// Lock waits for the mutex of key. The error is that of ctx.
func (m *Mutex) Lock(ctx context.Context, key string) (unlock func(), err error) {
	for {
		busy, unlock := m.TryLock(key)
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

// TryLock locks the mutex of key, or returns what is closed when somebody else unlocks it.
func (m *Mutex) TryLock(key string) (busy <-chan struct{}, unlock func()) {
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
