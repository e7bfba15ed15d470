package reconcile_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/oncall"
	"opsbot/escalation/reconcile"
	"opsbot/internal/bubble"
	"opsbot/messages"
)

// upstream is an Alertmanager that holds what it is told.
type upstream struct {
	mu     sync.Mutex
	active []incident.Alert // all in delivery's group
	err    error
	during func() // happens while it is asked
}

func (u *upstream) set(change func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	change()
}

func (u *upstream) Look(context.Context) (reconcile.Upstream, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	up := reconcile.Upstream{At: time.Now(), Complete: true, Held: map[string]bool{}}
	for _, a := range u.active {
		up.Held[a.Fingerprint] = true
	}
	n := fixture.Delivery(time.Time{}, u.active...)
	n.ExternalURL = ""
	up.Groups = []reconcile.UpstreamGroup{{Notification: n, First: 30 * time.Second, Next: 5 * time.Minute}}
	if u.during != nil {
		u.during()
	}
	return up, u.err
}

// reconciling runs a service and its reconciler; the counts are of what was repaired.
func reconciling(t *testing.T, m *fixture.Memory, u *upstream) (s *engine.Service, fired, ended *atomic.Int64, stop func()) {
	s = fixture.NewEngine(t, m)
	fired, ended = new(atomic.Int64), new(atomic.Int64)
	repaired := func(f, e int) { fired.Add(int64(f)); ended.Add(int64(e)) }
	r := &reconcile.Reconciler{Service: s, Alertmanager: u, Every: time.Minute, Repaired: repaired}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	running := fixture.Running(t, s)
	return s, fired, ended, func() {
		cancel()
		require.ErrorIs(t, <-done, context.Canceled)
		running()
	}
}

func TestReconcilerFindsWhatNoWebhookTold(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m, u := fixture.NewMemory(), &upstream{}
		s, fired, ended, stop := reconciling(t, m, u)
		defer stop()
		u.set(func() { u.active = []incident.Alert{fixture.Alert(1)} })
		fixture.Pass(time.Minute)
		require.Empty(t, m.Seen().AllIncidents, "its webhook may be on its way")
		fixture.Pass(time.Minute)
		require.Len(t, m.Seen().AllPages[1], 1)
		require.EqualValues(t, 1, fired.Load())
		require.Contains(t, written(t, m, 1), "told by Alertmanager's API, its webhook did not come")

		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", fixture.Alert(1))))
		fixture.Pass(time.Minute)
		require.Len(t, m.Seen().AllIncidents, 1, "the webhook comes after all")
		require.Len(t, m.Seen().AllPages[1], 1)

		u.set(func() { u.active = nil })
		fixture.Pass(2 * time.Minute)
		require.Equal(t, incident.Quiet, m.Seen().AllIncidents[1].Status)
		require.EqualValues(t, 1, ended.Load())
		require.Empty(t, m.Seen().AllFiring)
		fixture.Pass(5 * time.Minute)
		require.Equal(t, incident.Resolved, m.Seen().AllIncidents[1].Status)
		require.Equal(t, [2]int64{1, 1}, [2]int64{fired.Load(), ended.Load()}, "once each")
	})
}

func written(t *testing.T, m *fixture.Memory, number int64) string {
	t.Helper()
	entries, err := m.Entries(t.Context(), number)
	require.NoError(t, err)
	text := ""
	for _, e := range entries {
		text += fixture.Printer(t, messages.English).Text(e.Text) + "\n"
	}
	return text
}

func TestReconcilerLeavesAloneWhatAlertmanagerCannotKnow(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m, u := fixture.NewMemory(), &upstream{}
		s, _, ended, stop := reconciling(t, m, u)
		defer stop()
		require.NoError(t, s.Observe(t.Context(), engine.Declare("checkout hangs", incident.Critical, oncall.System, fixture.Lisi, time.Now())))
		fixture.Pass(10 * time.Minute)
		require.Equal(t, incident.Open, m.Seen().AllIncidents[1].Status)
		require.Zero(t, ended.Load())
	})
}

func TestReconcilerWithoutAnAnswerEndsNothing(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m, u := fixture.NewMemory(), &upstream{err: errors.New("connection refused")}
		s, _, ended, stop := reconciling(t, m, u)
		defer stop()
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", fixture.Alert(1))))
		fixture.Pass(10*time.Minute + time.Second)
		u.set(func() { u.err = nil })
		fixture.Pass(time.Minute)
		require.Zero(t, ended.Load(), "seen missing once")
		fixture.Pass(time.Minute)
		require.EqualValues(t, 1, ended.Load())
	})
}

// The alert ends, fires again and is reported while Alertmanager is asked for the second time.
func TestAWebhookThatComesDuringTheLookKnowsBetter(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m, u := fixture.NewMemory(), &upstream{}
		s, _, _, stop := reconciling(t, m, u)
		defer stop()
		first := fixture.Alert(1)
		first.StartsAt = time.Now()
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", first)))
		fixture.Pass(time.Minute)
		again := first
		u.set(func() {
			u.during = func() {
				again.StartsAt = time.Now()
				require.NoError(t, s.Observe(t.Context(), fixture.Delivery(time.Now().Add(time.Millisecond), again)))
				u.during, u.active = nil, []incident.Alert{again}
			}
		})
		fixture.Pass(time.Minute)
		require.True(t, m.Seen().AllIncidents[1].Alerts[again.Fingerprint].Firing)
		require.Equal(t, incident.Open, m.Seen().AllIncidents[1].Status)
	})
}

func TestRepairsSayNothingOfTheGroup(t *testing.T) {
	s := fixture.NewStory(t)
	n := fixture.Delivery(s.Now, fixture.Alert(1))
	n.Truncated = 7
	s.Take(n)
	found := fixture.Delivery(s.Now.Add(time.Minute), fixture.Alert(2))
	found.Repair, found.ExternalURL = true, ""
	s.Take(found)
	require.Len(t, s.Inc.Alerts, 2)
	require.Equal(t, 7, s.Inc.Truncated)
	require.Equal(t, "http://alertmanager:9093", s.Inc.ExternalURL)
}
