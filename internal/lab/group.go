package lab

import (
	"errors"
	"sync"
)

// Group runs what goes on at once, and keeps all errors.
type Group struct {
	running sync.WaitGroup
	mu      sync.Mutex
	err     error
}

// Go does something beside everything else.
func (g *Group) Go(do func() error) {
	g.running.Go(func() {
		if err := do(); err != nil {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.err = errors.Join(g.err, err)
		}
	})
}

// Wait returns when all is done.
func (g *Group) Wait() error {
	g.running.Wait()
	return g.err
}
