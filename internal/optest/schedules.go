package optest

import (
	"context"
	"sync"
	"time"

	"opsbot/runs"
)

// Schedules keeps schedules in memory.
type Schedules struct {
	mu   sync.Mutex
	list []runs.Schedule
}

// AddSchedule stores a schedule, once for each call that plans it.
func (m *Schedules) AddSchedule(_ context.Context, s runs.Schedule) (runs.Schedule, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, there := range m.list {
		if there.Plan == s.Plan {
			return there, nil
		}
	}
	s.Number = int64(len(m.list)) + 1
	m.list = append(m.list, s)
	return s, nil
}

// Schedule is one of them.
func (m *Schedules) Schedule(_ context.Context, number int64) (runs.Schedule, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if number < 1 || number > int64(len(m.list)) {
		return runs.Schedule{}, runs.ErrNotFound
	}
	return m.list[number-1], nil
}

// Schedules are those that are active.
func (m *Schedules) Schedules(context.Context) ([]runs.Schedule, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var active []runs.Schedule
	for _, s := range m.list {
		if s.State == runs.Active {
			active = append(active, s)
		}
	}
	return active, nil
}

// CancelSchedule ends an active one.
func (m *Schedules) CancelSchedule(ctx context.Context, number int64, by string, at time.Time) error {
	s, err := m.Schedule(ctx, number)
	if err != nil || s.State != runs.Active {
		return runs.ErrNotFound
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list[number-1] = s.Ended(runs.Cancelled, by, at)
	return nil
}
