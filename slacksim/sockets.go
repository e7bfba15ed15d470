package slacksim

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

type sockets struct {
	open    map[*socket]struct{}
	tickets map[string]time.Time
	nextID  int
	flights flights
	changed chan struct{} // closed and replaced when the number changes
}

func (s *sockets) init() {
	s.open = map[*socket]struct{}{}
	s.tickets = map[string]time.Time{}
	s.changed = make(chan struct{})
	s.flights.init()
}

// list returns the open sockets, oldest first.
func (s *sockets) list() []*socket {
	return slices.SortedFunc(maps.Keys(s.open), func(a, b *socket) int { return a.id - b.id })
}

// takers are the sockets that payloads may go to.
func (s *sockets) takers() []*socket {
	return slices.DeleteFunc(s.list(), func(x *socket) bool { return x.draining })
}

func (s *sockets) dropAll() {
	for _, x := range s.list() {
		x.drop()
	}
}

func (s *sockets) closeAll() {
	s.flights.stopAll()
	s.dropAll()
}

func (s *sockets) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (w *Workspace) socketsChanged() {
	w.sockets.notify()
	w.pages.all(obj{"type": "connections", "n": len(w.sockets.open)})
}

// Connections is the number of open sockets.
func (w *Workspace) Connections() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.sockets.open)
}

// WaitConnected waits until at least n sockets are open.
func (w *Workspace) WaitConnected(ctx context.Context, n int) error {
	for {
		w.mu.Lock()
		have, changed := len(w.sockets.open), w.sockets.changed
		w.mu.Unlock()
		if have >= n {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for %d sockets, have %d: %w", n, have, context.Cause(ctx))
		}
	}
}
