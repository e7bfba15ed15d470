package escalation_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/internal/bubble"
	"opsbot/messages"
)

// fakeCluster is a cluster in which things happen when a test says so.
type fakeCluster struct {
	mu    sync.Mutex
	list  []escalation.Happening
	since time.Time
	err   error
}

func (c *fakeCluster) happens(source string, at time.Time) { c.goesOn(source, at, at) }

func (c *fakeCluster) goesOn(source string, first, last time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, escalation.Happening{Source: source, First: first, Last: last, Text: messages.Literal(source)})
}

func (c *fakeCluster) Happenings(_ context.Context, since time.Time) (list []escalation.Happening, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since = since
	for _, h := range c.list {
		if !h.Last.Before(since) {
			list = append(list, h)
		}
	}
	return list, c.err
}

// witnessing runs a witness beside a service.
func witnessing(t *testing.T, m *memory, cluster escalation.Cluster) (s *escalation.Service, stop func()) {
	t.Helper()
	s, err := escalation.NewService(config(t, m))
	require.NoError(t, err)
	w := &escalation.Witness{Service: s, Cluster: cluster, Namespace: "shop", Every: 15 * time.Second}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	running := running(t, s)
	stop = sync.OnceFunc(func() {
		cancel()
		require.ErrorIs(t, <-done, context.Canceled)
		running()
	})
	t.Cleanup(stop)
	return s, stop
}

func sources(m *memory, number int64) (list []string) {
	for _, e := range m.seen().entries[number] {
		if e.Kind == escalation.EntryCluster {
			list = append(list, e.Source)
		}
	}
	return list
}

func TestWhatHappensInTheClusterIsOnTheTimeline(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m, cluster := newMemory(), &fakeCluster{}
		s, stop := witnessing(t, m, cluster)
		cluster.happens("long ago", time.Now().Add(-16*time.Minute))
		cluster.happens("rollout before", time.Now().Add(-10*time.Minute))
		pass(time.Minute)
		require.Zero(t, cluster.since, "without incidents nobody looks")
		require.NoError(t, s.Receive(t.Context(), payload(t, "g", alert(1, "namespace", "shop"))))
		require.NoError(t, s.Receive(t.Context(), payload(t, "other", alert(2, "namespace", "billing"))))
		pass(15 * time.Second)
		require.Equal(t, []string{"rollout before"}, sources(m, 1))
		cluster.happens("warning", time.Now())
		pass(time.Minute)
		stop()
		require.Equal(t, []string{"rollout before", "warning"}, sources(m, 1), "each once")
		require.Empty(t, sources(m, 2), "it happened in another namespace")

		witnessing(t, m, cluster) // after a restart
		cluster.happens("scaled", time.Now())
		pass(time.Minute)
		require.Equal(t, []string{"rollout before", "warning", "scaled"}, sources(m, 1))
		for _, e := range m.seen().entries[1] {
			require.False(t, e.Kind == escalation.EntryCluster && e.InThread, "the thread is for people")
		}
	})
}

// A warning began 40 minutes ago and goes on. One incident is older than that, the other opens just now: both are told.
func TestWhatGoesOnIsOnTheTimelineOfEachIncidentOfItsTime(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m, cluster := newMemory(), &fakeCluster{}
		s, _ := witnessing(t, m, cluster)
		require.NoError(t, s.Receive(t.Context(), payload(t, "old", alert(1))))
		pass(2 * time.Hour)
		began := time.Now().Add(-40 * time.Minute)
		cluster.goesOn("recurring", began, time.Now())
		cluster.goesOn("over", began, time.Now().Add(-20*time.Minute))
		require.NoError(t, s.Receive(t.Context(), payload(t, "new", alert(2))))
		pass(15 * time.Second)
		require.Equal(t, []string{"recurring", "over"}, sources(m, 1))
		require.Equal(t, []string{"recurring"}, sources(m, 2))
		require.Equal(t, began.UTC(), witnessedAt(m, 1, "recurring"))
		require.Equal(t, m.seen().incidents[2].OpenedAt.Add(-15*time.Minute), witnessedAt(m, 2, "recurring"), "the incident has no time before")
	})
}

func witnessedAt(m *memory, number int64, source string) (at time.Time) {
	for _, e := range m.seen().entries[number] {
		if e.Source == source {
			at = e.At
		}
	}
	return at
}

func TestAFloodOfEventsIsBounded(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m, cluster := newMemory(), &fakeCluster{}
		s, _ := witnessing(t, m, cluster)
		require.NoError(t, s.Receive(t.Context(), payload(t, "g", alert(1))))
		pass(time.Second)
		for i := range 1000 {
			cluster.happens(fmt.Sprint(i), time.Now())
		}
		pass(time.Minute)
		require.Len(t, sources(m, 1), 300)
	})
}

func TestAClusterThatIsAwayIsAskedAgain(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m, cluster := newMemory(), &fakeCluster{err: errors.New("connection refused")}
		s, _ := witnessing(t, m, cluster)
		require.NoError(t, s.Receive(t.Context(), payload(t, "g", alert(1))))
		cluster.happens("warning", time.Now())
		pass(time.Minute)
		require.Empty(t, sources(m, 1))
		cluster.mu.Lock()
		cluster.err = nil
		cluster.mu.Unlock()
		pass(15 * time.Second)
		require.Equal(t, []string{"warning"}, sources(m, 1))
	})
}
