package escalation_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/internal/bubble"
	"opsbot/messages"
)

// upstream is an Alertmanager that holds what it is told.
type upstream struct {
	mu     sync.Mutex
	active []escalation.Alert // all in delivery's group
	err    error
	during func() // happens while it is asked
}

func (u *upstream) set(change func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	change()
}

func (u *upstream) Look(context.Context) (escalation.Upstream, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	up := escalation.Upstream{At: time.Now(), Complete: true, Held: map[string]bool{}}
	for _, a := range u.active {
		up.Held[a.Fingerprint] = true
	}
	n := delivery(time.Time{}, u.active...)
	n.ExternalURL = ""
	up.Groups = []escalation.UpstreamGroup{{Notification: n, First: 30 * time.Second, Next: 5 * time.Minute}}
	if u.during != nil {
		u.during()
	}
	return up, u.err
}

// reconciling runs a service and its reconciler; the counts are of what was repaired.
func reconciling(t *testing.T, m *memory, u *upstream) (s *escalation.Service, fired, ended *atomic.Int64, stop func()) {
	s = newService(t, m)
	fired, ended = new(atomic.Int64), new(atomic.Int64)
	repaired := func(f, e int) { fired.Add(int64(f)); ended.Add(int64(e)) }
	r := &escalation.Reconciler{Service: s, Alertmanager: u, Every: time.Minute, Repaired: repaired}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	running := running(t, s)
	return s, fired, ended, func() {
		cancel()
		require.ErrorIs(t, <-done, context.Canceled)
		running()
	}
}

func TestReconcilerFindsWhatNoWebhookTold(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m, u := newMemory(), &upstream{}
		s, fired, ended, stop := reconciling(t, m, u)
		defer stop()
		u.set(func() { u.active = []escalation.Alert{alert(1)} })
		pass(time.Minute)
		require.Empty(t, m.seen().incidents, "its webhook may be on its way")
		pass(time.Minute)
		require.Len(t, m.seen().pages[1], 1)
		require.EqualValues(t, 1, fired.Load())
		require.Contains(t, written(t, m, 1), "told by Alertmanager's API, its webhook did not come")

		require.NoError(t, s.Receive(t.Context(), payload(t, "g", alert(1))))
		pass(time.Minute)
		require.Len(t, m.seen().incidents, 1, "the webhook comes after all")
		require.Len(t, m.seen().pages[1], 1)

		u.set(func() { u.active = nil })
		pass(2 * time.Minute)
		require.Equal(t, escalation.Quiet, m.seen().incidents[1].Status)
		require.EqualValues(t, 1, ended.Load())
		require.Empty(t, m.seen().firing)
		pass(5 * time.Minute)
		require.Equal(t, escalation.Resolved, m.seen().incidents[1].Status)
		require.Equal(t, [2]int64{1, 1}, [2]int64{fired.Load(), ended.Load()}, "once each")
	})
}

func written(t *testing.T, m *memory, number int64) string {
	t.Helper()
	entries, err := m.Entries(t.Context(), number)
	require.NoError(t, err)
	text := ""
	for _, e := range entries {
		text += printer(t, messages.English).Text(e.Text) + "\n"
	}
	return text
}

func TestReconcilerLeavesAloneWhatAlertmanagerCannotKnow(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m, u := newMemory(), &upstream{}
		s, _, ended, stop := reconciling(t, m, u)
		defer stop()
		require.NoError(t, s.Observe(t.Context(), escalation.Declare("checkout hangs", escalation.Critical, escalation.System, lisi, time.Now())))
		pass(10 * time.Minute)
		require.Equal(t, escalation.Open, m.seen().incidents[1].Status)
		require.Zero(t, ended.Load())
	})
}

func TestReconcilerWithoutAnAnswerEndsNothing(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m, u := newMemory(), &upstream{err: errors.New("connection refused")}
		s, _, ended, stop := reconciling(t, m, u)
		defer stop()
		require.NoError(t, s.Receive(t.Context(), payload(t, "g", alert(1))))
		pass(10*time.Minute + time.Second)
		u.set(func() { u.err = nil })
		pass(time.Minute)
		require.Zero(t, ended.Load(), "seen missing once")
		pass(time.Minute)
		require.EqualValues(t, 1, ended.Load())
	})
}

// The alert ends, fires again and is reported while Alertmanager is asked for the second time.
func TestAWebhookThatComesDuringTheLookKnowsBetter(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m, u := newMemory(), &upstream{}
		s, _, _, stop := reconciling(t, m, u)
		defer stop()
		first := alert(1)
		first.StartsAt = time.Now()
		require.NoError(t, s.Receive(t.Context(), payload(t, "g", first)))
		pass(time.Minute)
		again := first
		u.set(func() {
			u.during = func() {
				again.StartsAt = time.Now()
				require.NoError(t, s.Observe(t.Context(), delivery(time.Now().Add(time.Millisecond), again)))
				u.during, u.active = nil, []escalation.Alert{again}
			}
		})
		pass(time.Minute)
		require.True(t, m.seen().incidents[1].Alerts[again.Fingerprint].Firing)
		require.Equal(t, escalation.Open, m.seen().incidents[1].Status)
	})
}

func TestRepairsSayNothingOfTheGroup(t *testing.T) {
	s := newStory(t)
	n := delivery(s.now, alert(1))
	n.Truncated = 7
	s.take(n)
	found := delivery(s.now.Add(time.Minute), alert(2))
	found.Repair, found.ExternalURL = true, ""
	s.take(found)
	require.Len(t, s.inc.Alerts, 2)
	require.Equal(t, 7, s.inc.Truncated)
	require.Equal(t, "http://alertmanager:9093", s.inc.ExternalURL)
}
