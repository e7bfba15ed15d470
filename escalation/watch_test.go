package escalation_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/internal/bubble"
)

// watchdog is the alert that always fires.
func watchdog() escalation.Alert {
	a := alert(99, "alertname", "Watchdog", "severity", "none")
	delete(a.Labels, "service")
	return a
}

// watching runs a service with a watchdog of five minutes.
func watching(t *testing.T, m *memory) (s *escalation.Service, stop func()) {
	t.Helper()
	return watchingBy(t, m, time.Now)
}

func watchingBy(t *testing.T, m *memory, clock func() time.Time) (s *escalation.Service, stop func()) {
	t.Helper()
	c := config(t, m)
	c.Now = clock
	c.Watchdog, c.Heartbeats = escalation.Watchdog{Alert: "Watchdog", Silence: 5 * time.Minute, Title: "no sign of life"}, m
	s, err := escalation.NewService(c)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Watch(ctx) }()
	running := running(t, s)
	return s, func() {
		cancel()
		require.ErrorIs(t, <-done, context.Canceled)
		running()
	}
}

// arm lets the watchdog come often enough to keep watch from now on.
func arm(t *testing.T, s *escalation.Service) {
	t.Helper()
	for i := range 3 {
		if i > 0 {
			pass(time.Minute)
		}
		require.NoError(t, s.Receive(t.Context(), payload(t, "g", watchdog())))
	}
}

func TestWatchdogThatComesOnceInHoursKeepsNoWatch(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		s, stop := watching(t, m)
		defer stop()
		for range 5 {
			require.NoError(t, s.Receive(t.Context(), payload(t, "g", watchdog())))
			pass(4 * time.Hour)
		}
		require.Empty(t, m.seen().incidents)
	})
}

func TestWatchdogThatIsHeardIsNoIncident(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		s, stop := watching(t, m)
		defer stop()
		pass(time.Hour)
		require.Empty(t, m.seen().incidents, "it was never heard: there is none")
		for range 10 {
			require.NoError(t, s.Receive(t.Context(), payload(t, "g", watchdog())))
			pass(4 * time.Minute)
		}
		require.Empty(t, m.seen().incidents)
		require.Len(t, m.seen().processed, 10, "its deliveries are done with")
	})
}

func TestWatchdogThatFallsSilent(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		s, stop := watching(t, m)
		defer stop()
		beat := func() { require.NoError(t, s.Receive(t.Context(), payload(t, "g", watchdog(), alert(1)))) }
		arm(t, s)
		beat()
		pass(5 * time.Minute)
		require.Len(t, m.seen().incidents, 1, "only that of the other alert")
		pass(6 * time.Second)
		silent := m.seen().incidents[2]
		require.Equal(t, "WatchdogSilent: no sign of life", silent.Title)
		require.Equal(t, escalation.Critical, silent.Severity)
		require.Equal(t, escalation.System, silent.Role)
		require.Equal(t, zhangsan, m.seen().messages["incident/2/page/1"].Channel)
		require.Len(t, m.seen().firing, 1, "Alertmanager knows nothing of it")

		require.NoError(t, s.Receive(t.Context(), payload(t, "g", resolved(watchdog(), time.Now()))))
		pass(4 * time.Minute)
		require.Equal(t, escalation.Open, m.seen().incidents[2].Status, "its end is no sign of life")
		beat()
		pass(6 * time.Second)
		require.Equal(t, escalation.Quiet, m.seen().incidents[2].Status)
		pass(4 * time.Minute)
		beat()
		pass(2 * time.Minute)
		require.Equal(t, escalation.Resolved, m.seen().incidents[2].Status)
		pass(4 * time.Minute)
		require.Equal(t, escalation.Open, m.seen().incidents[3].Status, "the next silence is the next incident")
	})
}

func TestWatchdogThatIsHeardAfterTheClockWasSetBack(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		var setBack atomic.Int64
		s, stop := watchingBy(t, m, func() time.Time { return time.Now().Add(-time.Duration(setBack.Load())) })
		defer stop()
		arm(t, s)
		pass(6 * time.Minute)
		require.Equal(t, escalation.Open, m.seen().incidents[1].Status)
		setBack.Store(int64(time.Hour))
		pass(time.Minute)
		require.NoError(t, s.Receive(t.Context(), payload(t, "g", watchdog())))
		pass(6 * time.Second)
		require.Equal(t, escalation.Quiet, m.seen().incidents[1].Status)
	})
}

func TestWatchdogAndRestarts(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		s, stop := watching(t, m)
		arm(t, s)
		pass(time.Minute)
		stop()
		time.Sleep(time.Hour)
		_, stop = watching(t, m)
		pass(5 * time.Minute)
		require.Empty(t, m.seen().incidents, "opsbot could not hear it")
		pass(6 * time.Second)
		require.Len(t, m.seen().incidents, 1, "that it was heard is not forgotten")
		stop()
		_, stop = watching(t, m)
		defer stop()
		pass(10 * time.Minute)
		require.Len(t, m.seen().incidents, 1)
	})
}

// A person closes it for good while it is still silent: it does not come back until it was heard once more.
func TestASilenceIsOneIncident(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		s, stop := watching(t, m)
		defer stop()
		arm(t, s)
		pass(6 * time.Minute)
		for range 2 {
			_, err := s.Act(t.Context(), 1, escalation.Action{Kind: escalation.MarkResolved, Actor: zhangsan})
			require.NoError(t, err)
			pass(6 * time.Minute)
		}
		require.Equal(t, escalation.Resolved, m.seen().incidents[1].Status)
		pass(time.Hour)
		require.Len(t, m.seen().incidents, 1)
	})
}
