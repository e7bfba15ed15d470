package optest

import (
	"context"
	"slices"
	"sync"

	"opsbot/k8sops/runbooks"
)

// GuidedRuns keeps guided runs in memory.
type GuidedRuns struct {
	mu   sync.Mutex
	list []runbooks.Run
}

// AddRun stores a run, once for each call that begins it, and one at a time in a namespace.
func (m *GuidedRuns) AddRun(_ context.Context, r runbooks.Run) (runbooks.Run, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, there := range m.list {
		if there.Plan == r.Plan {
			return there, nil
		}
	}
	for _, there := range m.list {
		if !there.IsOver() && there.Cluster == r.Cluster && there.Namespace == r.Namespace {
			return r, runbooks.ErrOpen
		}
	}
	r.Number, r.Version = int64(len(m.list))+1, 1
	m.list = append(m.list, r)
	return r, nil
}

// Run is one of them.
func (m *GuidedRuns) Run(_ context.Context, number int64) (runbooks.Run, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if number < 1 || number > int64(len(m.list)) {
		return runbooks.Run{}, runbooks.ErrNotFound
	}
	return m.list[number-1], nil
}

// Unfinished are those that are not shown as over.
func (m *GuidedRuns) Unfinished(context.Context) ([]runbooks.Run, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.list), func(r runbooks.Run) bool { return r.Shown }), nil
}

// UpdateRun stores the next version of a run.
func (m *GuidedRuns) UpdateRun(_ context.Context, r runbooks.Run) (runbooks.Run, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.list[r.Number-1].Version != r.Version {
		return r, runbooks.ErrConflict
	}
	r.Version++
	m.list[r.Number-1] = r
	return r, nil
}
