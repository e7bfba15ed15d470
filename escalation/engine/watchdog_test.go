package engine_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/oncall"
	"opsbot/internal/bubble"
)

// watchdog is the alert that always fires.
func watchdog() incident.Alert {
	a := fixture.Alert(99, "alertname", "Watchdog", "severity", "none")
	delete(a.Labels, "service")
	return a
}

// watching runs a service with a watchdog of five minutes.
func watching(t *testing.T, m *fixture.Memory) (s *engine.Service, stop func()) {
	t.Helper()
	return watchingBy(t, m, time.Now)
}

func watchingBy(t *testing.T, m *fixture.Memory, clock func() time.Time) (s *engine.Service, stop func()) {
	t.Helper()
	c := fixture.EngineConfig(t, m)
	c.Now = clock
	c.Watchdog, c.Heartbeats = engine.Watchdog{Alert: "Watchdog", Silence: 5 * time.Minute, Title: "no sign of life"}, m
	s, err := engine.New(c)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Watch(ctx) }()
	running := fixture.Running(t, s)
	return s, func() {
		cancel()
		require.ErrorIs(t, <-done, context.Canceled)
		running()
	}
}

// arm lets the watchdog come often enough to keep watch from now on.
func arm(t *testing.T, s *engine.Service) {
	t.Helper()
	for i := range 3 {
		if i > 0 {
			fixture.Pass(time.Minute)
		}
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", watchdog())))
	}
}

func TestWatchdogThatComesOnceInHoursKeepsNoWatch(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		s, stop := watching(t, m)
		defer stop()
		for range 5 {
			require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", watchdog())))
			fixture.Pass(4 * time.Hour)
		}
		require.Empty(t, m.Seen().AllIncidents)
	})
}

func TestWatchdogThatIsHeardIsNoIncident(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		s, stop := watching(t, m)
		defer stop()
		fixture.Pass(time.Hour)
		require.Empty(t, m.Seen().AllIncidents, "it was never heard: there is none")
		for range 10 {
			require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", watchdog())))
			fixture.Pass(4 * time.Minute)
		}
		require.Empty(t, m.Seen().AllIncidents)
		require.Len(t, m.Seen().Processed, 10, "its deliveries are done with")
	})
}

func TestWatchdogThatFallsSilent(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		s, stop := watching(t, m)
		defer stop()
		beat := func() {
			require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", watchdog(), fixture.Alert(1))))
		}
		arm(t, s)
		beat()
		fixture.Pass(5 * time.Minute)
		require.Len(t, m.Seen().AllIncidents, 1, "only that of the other alert")
		fixture.Pass(6 * time.Second)
		silent := m.Seen().AllIncidents[2]
		require.Equal(t, "WatchdogSilent: no sign of life", silent.Title)
		require.Equal(t, incident.Critical, silent.Severity)
		require.Equal(t, oncall.System, silent.Role)
		require.Equal(t, fixture.Zhangsan, m.Seen().Messages["incident/2/page/1"].Channel)
		require.Len(t, m.Seen().AllFiring, 1, "Alertmanager knows nothing of it")

		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", fixture.Resolved(watchdog(), time.Now()))))
		fixture.Pass(4 * time.Minute)
		require.Equal(t, incident.Open, m.Seen().AllIncidents[2].Status, "its end is no sign of life")
		beat()
		fixture.Pass(6 * time.Second)
		require.Equal(t, incident.Quiet, m.Seen().AllIncidents[2].Status)
		fixture.Pass(4 * time.Minute)
		beat()
		fixture.Pass(2 * time.Minute)
		require.Equal(t, incident.Resolved, m.Seen().AllIncidents[2].Status)
		fixture.Pass(4 * time.Minute)
		require.Equal(t, incident.Open, m.Seen().AllIncidents[3].Status, "the next silence is the next incident")
	})
}

func TestWatchdogThatIsHeardAfterTheClockWasSetBack(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		var setBack atomic.Int64
		s, stop := watchingBy(t, m, func() time.Time { return time.Now().Add(-time.Duration(setBack.Load())) })
		defer stop()
		arm(t, s)
		fixture.Pass(6 * time.Minute)
		require.Equal(t, incident.Open, m.Seen().AllIncidents[1].Status)
		setBack.Store(int64(time.Hour))
		fixture.Pass(time.Minute)
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", watchdog())))
		fixture.Pass(6 * time.Second)
		require.Equal(t, incident.Quiet, m.Seen().AllIncidents[1].Status)
	})
}

func TestWatchdogAndRestarts(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		s, stop := watching(t, m)
		arm(t, s)
		fixture.Pass(time.Minute)
		stop()
		time.Sleep(time.Hour)
		_, stop = watching(t, m)
		fixture.Pass(5 * time.Minute)
		require.Empty(t, m.Seen().AllIncidents, "opsbot could not hear it")
		fixture.Pass(6 * time.Second)
		require.Len(t, m.Seen().AllIncidents, 1, "that it was heard is not forgotten")
		stop()
		_, stop = watching(t, m)
		defer stop()
		fixture.Pass(10 * time.Minute)
		require.Len(t, m.Seen().AllIncidents, 1)
	})
}

// A person closes it for good while it is still silent: it does not come back until it was heard once more.
func TestASilenceIsOneIncident(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		s, stop := watching(t, m)
		defer stop()
		arm(t, s)
		fixture.Pass(6 * time.Minute)
		for range 2 {
			_, err := s.Act(t.Context(), 1, escalation.Action{Kind: escalation.MarkResolved, Actor: fixture.Zhangsan})
			require.NoError(t, err)
			fixture.Pass(6 * time.Minute)
		}
		require.Equal(t, incident.Resolved, m.Seen().AllIncidents[1].Status)
		fixture.Pass(time.Hour)
		require.Len(t, m.Seen().AllIncidents, 1)
	})
}
