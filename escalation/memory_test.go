package escalation_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"opsbot/escalation"
	"opsbot/messages"
)

// memory is a store in memory. fail, when set, is what the next call of Apply returns instead of applying.
type memory struct {
	mu        sync.Mutex
	journal   []escalation.JournalEntry
	processed map[int64]bool
	incidents map[int64]escalation.Incident
	entries   map[int64][]escalation.Entry
	pages     map[int64][]escalation.Page
	messages  map[string]messages.Outbound
	groups    map[string]int64
	firing    map[string]int64
	beat      escalation.Heartbeat
	reasons   []string // of quarantined deliveries
	number    int64
	applies   int
	fail      []error
	poison    int64 // an incident that can not be stored any more
	refuse    func(escalation.Change) error
	onApply   func() // called before the next Apply, once
	beforeAct func() // called before every Apply of what a person did
}

func newMemory() *memory {
	return &memory{
		processed: map[int64]bool{}, incidents: map[int64]escalation.Incident{}, entries: map[int64][]escalation.Entry{},
		pages: map[int64][]escalation.Page{}, groups: map[string]int64{}, firing: map[string]int64{}, messages: map[string]messages.Outbound{},
	}
}

// look runs check while nobody else uses the store.
func (m *memory) look(check func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	check()
}

// seen is a copy of what is in the store now, to look at while others go on.
func (m *memory) seen() *memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &memory{
		processed: maps.Clone(m.processed), incidents: maps.Clone(m.incidents), pages: maps.Clone(m.pages), messages: maps.Clone(m.messages),
		firing: maps.Clone(m.firing), entries: maps.Clone(m.entries), number: m.number,
	}
}

func (m *memory) Append(_ context.Context, receivedAt time.Time, payload []byte) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id := int64(len(m.journal) + 1)
	m.journal = append(m.journal, escalation.JournalEntry{ID: id, ReceivedAt: receivedAt, Payload: payload})
	return id, nil
}

func (m *memory) Pending(_ context.Context, limit int) ([]escalation.JournalEntry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	pending := slices.DeleteFunc(slices.Clone(m.journal), func(e escalation.JournalEntry) bool { return m.processed[e.ID] })
	return pending[:min(limit, len(pending))], nil
}

func (m *memory) Quarantine(_ context.Context, id int64, reason string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.processed[id] = true
	m.reasons = append(m.reasons, reason)
	return nil
}

func (m *memory) Apply(_ context.Context, changes ...escalation.Change) error {
	m.mu.Lock()
	before := m.onApply
	m.onApply = nil
	m.mu.Unlock()
	if before != nil {
		before()
	}
	if m.beforeAct != nil && slices.ContainsFunc(changes[0].Entries, func(e escalation.Entry) bool { return e.Actor != "" }) {
		m.beforeAct()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.fail) > 0 {
		err := m.fail[0]
		m.fail = m.fail[1:]
		return err
	}
	if m.poison != 0 && slices.ContainsFunc(changes, func(c escalation.Change) bool { return c.Incident.Number == m.poison }) {
		return errors.New("no space for this one")
	}
	for _, c := range changes {
		if m.refuse == nil {
			break
		}
		if err := m.refuse(c); err != nil {
			return err
		}
	}
	finished := maps.Clone(m.processed)
	for _, c := range changes {
		for _, id := range c.Processed {
			if finished[id] {
				return escalation.ErrConflict
			}
			finished[id] = true
		}
		if c.Incident.Number != 0 && m.incidents[c.Incident.Number].Version != c.Incident.Version {
			return escalation.ErrConflict
		}
	}
	m.applies++
	for _, c := range changes {
		m.apply(c)
	}
	return nil
}

func (m *memory) apply(c escalation.Change) {
	for _, id := range c.Processed {
		m.processed[id] = true
	}
	n := c.Incident.Number
	if n == 0 {
		return
	}
	c.Incident.Version++
	m.incidents[n] = c.Incident
	for _, key := range c.Groups {
		m.groups[key] = n
	}
	for fingerprint, isFiring := range c.Firing {
		if isFiring {
			m.firing[fingerprint] = n
		} else {
			delete(m.firing, fingerprint)
		}
	}
	m.entries[n] = append(m.entries[n], c.Entries...)
	for _, p := range c.Pages {
		if i := slices.IndexFunc(m.pages[n], func(q escalation.Page) bool { return q.ID == p.ID }); i >= 0 {
			m.pages[n][i] = p.Over(m.pages[n][i])
		} else {
			m.pages[n] = append(m.pages[n], p)
		}
	}
	for _, msg := range c.Messages {
		m.messages[msg.Key] = msg
	}
	for _, key := range c.CancelMessages {
		delete(m.messages, key)
	}
}

func (m *memory) Homes(_ context.Context, fingerprints []string) (map[string]int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found := map[string]int64{}
	for _, f := range fingerprints {
		if n, ok := m.firing[f]; ok {
			found[f] = n
		}
	}
	return found, nil
}

func (m *memory) Firing(context.Context) (map[string]int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.firing), nil
}

func (m *memory) Heartbeat(context.Context, string) (escalation.Heartbeat, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.beat, nil
}

func (m *memory) Beat(_ context.Context, _ string, at time.Time, run int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.beat.At, m.beat.Run = at, run
	return nil
}

func (m *memory) Missed(_ context.Context, _ string, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.beat.MissedAt = at
	return nil
}

func (m *memory) NextNumber(context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.number++
	return m.number, nil
}

func (m *memory) OpenByGroup(_ context.Context, groupKey string) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, ok := m.groups[groupKey]
	if !ok || m.incidents[n].Status == escalation.Resolved {
		return 0, escalation.ErrNotFound
	}
	return n, nil
}

func (m *memory) Openings(_ context.Context, correlation string, since time.Time) (opened int, storm int64, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for n, inc := range m.incidents {
		if inc.Correlation != correlation {
			continue
		}
		if inc.OpenedAt.After(since) {
			opened++
		}
		if inc.Storm && inc.Status != escalation.Resolved && inc.FedAt.After(since) {
			storm = max(storm, n)
		}
	}
	return opened, storm, nil
}

func (m *memory) Incident(_ context.Context, number int64) (escalation.Incident, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	inc, ok := m.incidents[number]
	if !ok {
		return inc, escalation.ErrNotFound
	}
	return inc, nil
}

func (m *memory) Due(_ context.Context, now time.Time, limit int) (due []escalation.Incident, next time.Time, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, inc := range m.incidents {
		switch {
		case inc.DueAt.IsZero():
		case !inc.DueAt.After(now) && len(due) < limit:
			due = append(due, inc)
		case next.IsZero() || inc.DueAt.Before(next):
			next = inc.DueAt
		}
	}
	return due, next, nil
}

func (m *memory) Incidents(_ context.Context, activeOnly bool, limit int) (list []escalation.Incident, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for number := m.number; number > 0 && len(list) < limit; number-- {
		if inc, ok := m.incidents[number]; ok && !(activeOnly && inc.Status == escalation.Resolved) {
			list = append(list, inc)
		}
	}
	return list, nil
}

func (m *memory) Entries(_ context.Context, number int64) ([]escalation.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.entries[number]), nil
}

func (m *memory) Pages(_ context.Context, number int64) ([]escalation.Page, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.pages[number]), nil
}
