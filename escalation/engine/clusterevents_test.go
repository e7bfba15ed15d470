package engine_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/internal/bubble"
	"opsbot/messages"
)

// fakeCluster is a cluster in which things happen when a test says so.
type fakeCluster struct {
	mu    sync.Mutex
	list  []escalation.ClusterEvent
	since time.Time
	err   error
}

func (c *fakeCluster) happens(source string, at time.Time) { c.goesOn(source, at, at) }

func (c *fakeCluster) goesOn(source string, first, last time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, escalation.ClusterEvent{Source: source, First: first, Last: last, Text: messages.Literal(source)})
}

func (c *fakeCluster) Events(_ context.Context, since time.Time) (list []escalation.ClusterEvent, err error) {
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
func witnessing(t *testing.T, m *fixture.Memory, cluster engine.Cluster) (s *engine.Service, stop func()) {
	t.Helper()
	s, err := engine.New(fixture.EngineConfig(t, m))
	require.NoError(t, err)
	w := &engine.ClusterEventRecorder{Service: s, Cluster: cluster, Name: "blue", Others: []string{"green"}, Namespace: "shop", Every: 15 * time.Second}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	running := fixture.Running(t, s)
	stop = sync.OnceFunc(func() {
		cancel()
		require.ErrorIs(t, <-done, context.Canceled)
		running()
	})
	t.Cleanup(stop)
	return s, stop
}

func sources(m *fixture.Memory, number int64) (list []string) {
	for _, e := range m.Seen().AllEntries[number] {
		if e.Kind == incident.EntryCluster {
			list = append(list, e.Source)
		}
	}
	return list
}

func TestWhatHappensInTheClusterIsOnTheTimeline(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m, cluster := fixture.NewMemory(), &fakeCluster{}
		s, stop := witnessing(t, m, cluster)
		cluster.happens("long ago", time.Now().Add(-16*time.Minute))
		cluster.happens("rollout before", time.Now().Add(-10*time.Minute))
		fixture.Pass(time.Minute)
		require.Zero(t, cluster.since, "without incidents nobody looks")
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", fixture.Alert(1, "namespace", "shop"))))
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "other", fixture.Alert(2, "namespace", "billing"))))
		fixture.Pass(15 * time.Second)
		require.Equal(t, []string{"rollout before"}, sources(m, 1))
		cluster.happens("warning", time.Now())
		fixture.Pass(time.Minute)
		stop()
		require.Equal(t, []string{"rollout before", "warning"}, sources(m, 1), "each once")
		require.Empty(t, sources(m, 2), "it happened in another namespace")

		witnessing(t, m, cluster) // after a restart
		cluster.happens("scaled", time.Now())
		fixture.Pass(time.Minute)
		require.Equal(t, []string{"rollout before", "warning", "scaled"}, sources(m, 1))
		for _, e := range m.Seen().AllEntries[1] {
			require.False(t, e.Kind == incident.EntryCluster && e.InThread, "the thread is for people")
		}
	})
}

// An incident gets what happens on the clusters that its alerts name. The name of a cluster that opsbot does not know says nothing.
func TestWhatHappensOnAnotherClusterIsNotOnTheTimeline(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m, cluster := fixture.NewMemory(), &fakeCluster{}
		s, _ := witnessing(t, m, cluster)
		for i, on := range []string{"blue", "green", "mars"} {
			require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, on, fixture.Alert(i, "cluster", on))))
		}
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "both", fixture.Alert(3, "cluster", "green"), fixture.Alert(4, "cluster", "blue"))))
		fixture.Pass(time.Second)
		cluster.happens("rollout", time.Now())
		fixture.Pass(time.Minute)
		for number, want := range [][]string{{"rollout"}, nil, {"rollout"}, {"rollout"}} {
			require.Equal(t, want, sources(m, int64(number+1)), "incident %d", number+1)
		}
	})
}

// A warning began 40 minutes ago and goes on. One incident is older than that, the other opens just now: both are told.
func TestWhatGoesOnIsOnTheTimelineOfEachIncidentOfItsTime(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m, cluster := fixture.NewMemory(), &fakeCluster{}
		s, _ := witnessing(t, m, cluster)
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "old", fixture.Alert(1))))
		fixture.Pass(2 * time.Hour)
		began := time.Now().Add(-40 * time.Minute)
		cluster.goesOn("recurring", began, time.Now())
		cluster.goesOn("over", began, time.Now().Add(-20*time.Minute))
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "new", fixture.Alert(2))))
		fixture.Pass(15 * time.Second)
		require.Equal(t, []string{"recurring", "over"}, sources(m, 1))
		require.Equal(t, []string{"recurring"}, sources(m, 2))
		require.Equal(t, began.UTC(), witnessedAt(m, 1, "recurring"))
		require.Equal(t, m.Seen().AllIncidents[2].OpenedAt.Add(-15*time.Minute), witnessedAt(m, 2, "recurring"), "the incident has no time before")
	})
}

func witnessedAt(m *fixture.Memory, number int64, source string) (at time.Time) {
	for _, e := range m.Seen().AllEntries[number] {
		if e.Source == source {
			at = e.At
		}
	}
	return at
}

func TestAFloodOfEventsIsBounded(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m, cluster := fixture.NewMemory(), &fakeCluster{}
		s, _ := witnessing(t, m, cluster)
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", fixture.Alert(1))))
		fixture.Pass(time.Second)
		for i := range 1000 {
			cluster.happens(fmt.Sprint(i), time.Now())
		}
		fixture.Pass(time.Minute)
		require.Len(t, sources(m, 1), 300)
	})
}

func TestAClusterThatIsAwayIsAskedAgain(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m, cluster := fixture.NewMemory(), &fakeCluster{err: errors.New("connection refused")}
		s, _ := witnessing(t, m, cluster)
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", fixture.Alert(1))))
		cluster.happens("warning", time.Now())
		fixture.Pass(time.Minute)
		require.Empty(t, sources(m, 1))
		cluster.mu.Lock()
		cluster.err = nil
		cluster.mu.Unlock()
		fixture.Pass(15 * time.Second)
		require.Equal(t, []string{"warning"}, sources(m, 1))
	})
}
