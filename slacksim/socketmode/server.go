// Package socketmode is Slack's side of Socket Mode: it hands out URLs, keeps the connections, sends payloads over them and
// waits for the acks. It breaks connections on request.
package socketmode

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"opsbot/slacksim/workspace"
)

// Server are the connections of Socket Mode.
type Server struct {
	*workspace.Workspace
	open    map[*socket]struct{}
	tickets map[string]time.Time
	nextID  int
	flights flights
	changed chan struct{} // closed and replaced when the number changes
}

// New makes the Socket Mode of a workspace.
func New(w *workspace.Workspace) *Server {
	s := &Server{Workspace: w, open: map[*socket]struct{}{}, tickets: map[string]time.Time{}, changed: make(chan struct{})}
	s.flights.init()
	return s
}

// list returns the open sockets, oldest first.
func (s *Server) list() []*socket {
	return slices.SortedFunc(maps.Keys(s.open), func(a, b *socket) int { return a.id - b.id })
}

// takers are the sockets that payloads may go to.
func (s *Server) takers() []*socket {
	return slices.DeleteFunc(s.list(), func(x *socket) bool { return x.draining })
}

func (s *Server) dropAll() {
	for _, x := range s.list() {
		x.drop()
	}
}

// CloseAll ends everything; people who wait for an ack hear that there is none.
func (s *Server) CloseAll() {
	s.flights.stopAll()
	s.dropAll()
}

func (s *Server) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Server) socketsChanged() {
	s.notify()
	s.Connected = len(s.open)
	s.Pages.Send("", obj{"type": "connections", "n": s.Connected})
}

// InFlight is how many payloads await their ack.
func (s *Server) InFlight() int { return len(s.flights.flying) }

// Connections is the number of open sockets.
func (s *Server) Connections() int {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return len(s.open)
}

// WaitConnected waits until at least n sockets are open.
func (s *Server) WaitConnected(ctx context.Context, n int) error {
	for {
		s.Mu.Lock()
		have, changed := len(s.open), s.changed
		s.Mu.Unlock()
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

// obj is a JSON object on its way out.
type obj = map[string]any
