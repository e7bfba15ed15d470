package guide

import (
	"context"
	"sync"

	"opsbot/k8sops/runbooks"
)

// shownVersions spares the database a write for a card that is as it was.
type shownVersions struct {
	mu   sync.Mutex
	runs map[int64]int64
}

// showOnce shows this version of a run, unless that is done.
func (g *Guide) showOnce(ctx context.Context, r runbooks.Run) error {
	if g.shown.has(r) {
		return nil
	}
	if err := g.show(ctx, r); err != nil {
		return err
	}
	g.shown.note(r)
	return nil
}

func (s *shownVersions) has(r runbooks.Run) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.runs[r.Number] == r.Version
}

func (s *shownVersions) note(r runbooks.Run) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.runs == nil {
		s.runs = map[int64]int64{}
	}
	s.runs[r.Number] = r.Version
}

func (s *shownVersions) forget(number int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.runs, number)
}
