package engine_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/oncall"
	"opsbot/internal/bubble"
)

// complaint is an alert of the i-th service that leans on what has failed.
func complaint(i int, labels ...string) incident.Alert {
	return fixture.Alert(i, append([]string{"alertname", fmt.Sprintf("ServiceDown%d", i), "service", fmt.Sprintf("svc-%d", i),
		"namespace", "ecommerce-k8s", "team", "development"}, labels...)...)
}

// storming runs a service with a storm policy of 3 groups in a minute, and delivers groups to it.
type storming struct {
	*fixture.Memory
	t *testing.T
	s *engine.Service
}

func inStorm(t *testing.T, test func(*storming)) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		policy := fixture.Handbook()
		policy.Storm = escalation.StormPolicy{Groups: 3, Within: time.Minute, By: []string{"namespace"}}
		c := fixture.EngineConfig(t, m)
		c.Policy = policy
		s, err := engine.New(c)
		require.NoError(t, err)
		defer fixture.Running(t, s)()
		test(&storming{Memory: m, t: t, s: s})
	})
}

// deliver journals an alert as a group of its own.
func (s *storming) deliver(alerts ...incident.Alert) {
	for _, a := range alerts {
		require.NoError(s.t, s.s.Receive(s.t.Context(), fixture.Payload(s.t, a.Name(), a)))
	}
	synctest.Wait()
}

func TestStormIsOneIncident(t *testing.T) {
	inStorm(t, func(s *storming) {
		for i := 1; i <= 20; i++ {
			s.deliver(complaint(i))
			time.Sleep(time.Second)
		}
		s.Look(func() {
			require.Len(t, s.AllIncidents, 4, "three of their own, then the storm")
			storm := s.AllIncidents[4]
			require.True(t, storm.Storm)
			require.Len(t, storm.Alerts, 17)
			require.Equal(t, 17, storm.Groups)
			require.Equal(t, "namespace=ecommerce-k8s", storm.Title, "what they have in common")
			require.Len(t, s.AllPages[4], 1, "one page, until it is time for a reminder")
		})
		s.deliver(fixture.Resolved(complaint(9), time.Now()))
		s.Look(func() {
			require.False(t, s.AllIncidents[4].Alerts[complaint(9).Fingerprint].Firing, "a resolve finds the storm")
			require.Len(t, s.AllIncidents, 4)
		})
	})
}

func TestStormInOneBatch(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		c := fixture.EngineConfig(t, m)
		c.Policy.Storm = escalation.StormPolicy{Groups: 3, Within: time.Minute, By: []string{"namespace"}}
		s, err := engine.New(c)
		require.NoError(t, err)
		var deliveries []incident.Notification
		for i := 1; i <= 50; i++ {
			n := fixture.Delivery(time.Now(), complaint(i))
			n.GroupKey = fmt.Sprint("g", i)
			deliveries = append(deliveries, n)
		}
		require.NoError(t, s.Observe(t.Context(), deliveries...))
		m.Look(func() {
			require.Len(t, m.AllIncidents, 4)
			require.Len(t, m.AllIncidents[4].Alerts, 47)
			require.Equal(t, 1, m.Applies)
		})
	})
}

func TestWhatIsNotTheStorm(t *testing.T) {
	inStorm(t, func(s *storming) {
		for i := 1; i <= 6; i++ {
			s.deliver(complaint(i))
		}
		s.deliver(complaint(7, "namespace", "monitoring"))
		s.deliver(complaint(8, "team", "dba"))
		require.NoError(t, s.s.Observe(t.Context(), engine.Declare("checkout is slow", incident.Warning, oncall.Development, fixture.Lisi, time.Now())))
		s.Look(func() {
			require.Len(t, s.AllIncidents, 7)
			require.Equal(t, "monitoring", s.AllIncidents[5].Alerts[complaint(7).Fingerprint].Labels["namespace"], "elsewhere")
			require.Equal(t, oncall.DBA, s.AllIncidents[6].Role, "other people's problem: they must be paged")
			require.False(t, s.AllIncidents[7].Storm, "what a person declares is one incident")
		})
	})
}

func TestStormEnds(t *testing.T) {
	inStorm(t, func(s *storming) {
		for i := 1; i <= 5; i++ {
			s.deliver(complaint(i))
		}
		time.Sleep(50 * time.Second)
		s.deliver(complaint(6)) // it goes on
		time.Sleep(50 * time.Second)
		s.deliver(complaint(7))
		s.Look(func() { require.Len(t, s.AllIncidents[4].Alerts, 4) })
		time.Sleep(time.Minute)
		s.deliver(complaint(8))
		s.Look(func() {
			require.Len(t, s.AllIncidents, 5)
			require.False(t, s.AllIncidents[5].Storm, "hours later it is something else")
		})
		again := complaint(5)
		again.StartsAt = time.Now()
		s.deliver(fixture.Resolved(complaint(5), time.Now()), again)
		s.Look(func() { require.Len(t, s.AllIncidents, 5, "its groups stay with it until it is resolved") })
	})
}

func TestStormOfStrangersIsNamedByItsAlerts(t *testing.T) {
	inStorm(t, func(s *storming) {
		for i := 1; i <= 6; i++ {
			a := complaint(i)
			delete(a.Labels, "namespace")
			s.deliver(a)
		}
		s.Look(func() { require.Contains(t, s.AllIncidents[4].Title, "ServiceDown6") })
	})
}

func TestWorseNewsOfAStormPagesAtOnce(t *testing.T) {
	inStorm(t, func(s *storming) {
		for i := 1; i <= 5; i++ {
			s.deliver(complaint(i, "severity", "warning"))
		}
		s.Look(func() { require.Len(t, s.AllPages[4], 1) })
		s.deliver(complaint(6))
		s.Look(func() {
			require.Len(t, s.AllPages[4], 2)
			require.Equal(t, incident.ReasonNewAlerts, s.AllPages[4][1].Reason)
		})
	})
}
