package slacksim

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Sockets are the connections of Socket Mode.
type Sockets struct {
	*core
	open    map[*socket]struct{}
	tickets map[string]time.Time
	nextID  int
	flights flights
	changed chan struct{} // closed and replaced when the number changes
}

// newSockets makes the Socket Mode of a workspace.
func newSockets(w *core) *Sockets {
	s := &Sockets{core: w, open: map[*socket]struct{}{}, tickets: map[string]time.Time{}, changed: make(chan struct{})}
	s.flights.init()
	return s
}

// list returns the open sockets, oldest first.
func (s *Sockets) list() []*socket {
	return slices.SortedFunc(maps.Keys(s.open), func(a, b *socket) int { return a.id - b.id })
}

// takers are the sockets that payloads may go to.
func (s *Sockets) takers() []*socket {
	return slices.DeleteFunc(s.list(), func(x *socket) bool { return x.draining })
}

func (s *Sockets) dropAll() {
	for _, x := range s.list() {
		x.drop()
	}
}

func (s *Sockets) closeAll() {
	s.flights.stopAll()
	s.dropAll()
}

func (s *Sockets) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Sockets) socketsChanged() {
	s.notify()
	s.connections = len(s.open)
	s.pages.Send("", obj{"type": "connections", "n": s.connections})
}

// inFlight is how many payloads await their ack.
func (s *Sockets) inFlight() int { return len(s.flights.flying) }

// Connections is the number of open sockets.
func (s *Sockets) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// WaitConnected waits until at least n sockets are open.
func (s *Sockets) WaitConnected(ctx context.Context, n int) error {
	for {
		s.mu.Lock()
		have, changed := len(s.open), s.changed
		s.mu.Unlock()
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
