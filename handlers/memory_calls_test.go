package handlers_test

import (
	"context"
	"fmt"
	"sync"

	"opsbot/handlers"
	"opsbot/handlers/audit"
	"opsbot/handlers/calls"
	"opsbot/messages"
)

// memoryCalls keeps calls in memory, for tests in which time stands still or is short: the real store has goroutines of its own.
type memoryCalls struct {
	mu      sync.Mutex
	ids     int
	records map[string]calls.Record
	// broken is how many further updates fail.
	broken int
	// recordedOutbox shows what is said.
	outbox handlers.Outbox
}

func (s *memoryCalls) newID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids++
	return fmt.Sprint("call-", s.ids)
}

func (s *memoryCalls) Create(ctx context.Context, r calls.Record, _ audit.Event, say ...messages.Outbound) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records[r.ID] = r
	return s.show(ctx, say)
}

// Update takes one change: nothing is undone in the tests that keep their calls here.
func (s *memoryCalls) Update(ctx context.Context, changes ...calls.Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := changes[0].Record
	if s.broken > 0 && changes[0].Event.Action != "started" {
		s.broken--
		return fmt.Errorf("disk full")
	}
	if len(changes) > 1 || s.records[r.ID].Version != r.Version {
		return calls.ErrConflict
	}
	r.Version++
	s.records[r.ID] = r
	return s.show(ctx, changes[0].Say)
}

func (s *memoryCalls) show(ctx context.Context, say []messages.Outbound) error {
	if len(say) == 0 {
		return nil
	}
	return s.outbox.Put(ctx, say...)
}

func (s *memoryCalls) Call(_ context.Context, id string) (calls.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.records[id]
	if !ok {
		return calls.Record{}, calls.ErrNotFound
	}
	return r, nil
}

func (s *memoryCalls) Unfinished(context.Context, calls.State) ([]calls.Record, error) {
	return nil, nil
}
