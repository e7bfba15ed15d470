package handlers_test

import (
	"context"
	"fmt"
	"sync"

	"opsbot/handlers"
	"opsbot/messages"
)

// shelf keeps calls in memory, for tests in which time stands still or is short: the real store has goroutines of its own.
type shelf struct {
	mu      sync.Mutex
	ids     int
	records map[string]handlers.Record
	// broken is how many further updates fail.
	broken int
	// board shows what is said.
	board handlers.Outbox
}

func (s *shelf) newID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids++
	return fmt.Sprint("call-", s.ids)
}

func (s *shelf) Create(ctx context.Context, r handlers.Record, _ handlers.AuditEvent, say ...messages.Outbound) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records[r.ID] = r
	return s.show(ctx, say)
}

// Update takes one change: nothing is undone in the tests that keep their calls here.
func (s *shelf) Update(ctx context.Context, changes ...handlers.Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := changes[0].Record
	if s.broken > 0 && changes[0].Event.Action != "started" {
		s.broken--
		return fmt.Errorf("disk full")
	}
	if len(changes) > 1 || s.records[r.ID].Version != r.Version {
		return handlers.ErrConflict
	}
	r.Version++
	s.records[r.ID] = r
	return s.show(ctx, changes[0].Say)
}

func (s *shelf) show(ctx context.Context, say []messages.Outbound) error {
	if len(say) == 0 {
		return nil
	}
	return s.board.Put(ctx, say...)
}

func (s *shelf) Call(_ context.Context, id string) (handlers.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.records[id]
	if !ok {
		return handlers.Record{}, handlers.ErrNotFound
	}
	return r, nil
}

func (s *shelf) Unfinished(context.Context, handlers.State) ([]handlers.Record, error) {
	return nil, nil
}
