package escalation_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/internal/bubble"
)

// complaint is an alert of the i-th service that leans on what has failed.
func complaint(i int, labels ...string) escalation.Alert {
	return alert(i, append([]string{"alertname", fmt.Sprintf("ServiceDown%d", i), "service", fmt.Sprintf("svc-%d", i),
		"namespace", "ecommerce-k8s", "team", "development"}, labels...)...)
}

// storming runs a service with a storm policy of 3 groups in a minute, and delivers groups to it.
type storming struct {
	*memory
	t *testing.T
	s *escalation.Service
}

func inStorm(t *testing.T, test func(*storming)) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		policy := handbook()
		policy.Storm = escalation.StormPolicy{Groups: 3, Within: time.Minute, By: []string{"namespace"}}
		c := config(t, m)
		c.Policy = policy
		s, err := escalation.NewService(c)
		require.NoError(t, err)
		defer running(t, s)()
		test(&storming{memory: m, t: t, s: s})
	})
}

// deliver journals an alert as a group of its own.
func (s *storming) deliver(alerts ...escalation.Alert) {
	for _, a := range alerts {
		require.NoError(s.t, s.s.Receive(s.t.Context(), payload(s.t, a.Name(), a)))
	}
	synctest.Wait()
}

func TestStormIsOneIncident(t *testing.T) {
	inStorm(t, func(s *storming) {
		for i := 1; i <= 20; i++ {
			s.deliver(complaint(i))
			time.Sleep(time.Second)
		}
		s.look(func() {
			require.Len(t, s.incidents, 4, "three of their own, then the storm")
			storm := s.incidents[4]
			require.True(t, storm.Storm)
			require.Len(t, storm.Alerts, 17)
			require.Equal(t, 17, storm.Groups)
			require.Equal(t, "namespace=ecommerce-k8s", storm.Title, "what they have in common")
			require.Len(t, s.pages[4], 1, "one page, until it is time for a reminder")
		})
		s.deliver(resolved(complaint(9), time.Now()))
		s.look(func() {
			require.False(t, s.incidents[4].Alerts[complaint(9).Fingerprint].Firing, "a resolve finds the storm")
			require.Len(t, s.incidents, 4)
		})
	})
}

func TestStormInOneBatch(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		c := config(t, m)
		c.Policy.Storm = escalation.StormPolicy{Groups: 3, Within: time.Minute, By: []string{"namespace"}}
		s, err := escalation.NewService(c)
		require.NoError(t, err)
		var deliveries []escalation.Notification
		for i := 1; i <= 50; i++ {
			n := delivery(time.Now(), complaint(i))
			n.GroupKey = fmt.Sprint("g", i)
			deliveries = append(deliveries, n)
		}
		require.NoError(t, s.Observe(t.Context(), deliveries...))
		m.look(func() {
			require.Len(t, m.incidents, 4)
			require.Len(t, m.incidents[4].Alerts, 47)
			require.Equal(t, 1, m.applies)
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
		require.NoError(t, s.s.Observe(t.Context(), escalation.Declare("checkout is slow", escalation.Warning, escalation.Development, lisi, time.Now())))
		s.look(func() {
			require.Len(t, s.incidents, 7)
			require.Equal(t, "monitoring", s.incidents[5].Alerts[complaint(7).Fingerprint].Labels["namespace"], "elsewhere")
			require.Equal(t, escalation.DBA, s.incidents[6].Role, "other people's problem: they must be paged")
			require.False(t, s.incidents[7].Storm, "what a person declares is one incident")
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
		s.look(func() { require.Len(t, s.incidents[4].Alerts, 4) })
		time.Sleep(time.Minute)
		s.deliver(complaint(8))
		s.look(func() {
			require.Len(t, s.incidents, 5)
			require.False(t, s.incidents[5].Storm, "hours later it is something else")
		})
		again := complaint(5)
		again.StartsAt = time.Now()
		s.deliver(resolved(complaint(5), time.Now()), again)
		s.look(func() { require.Len(t, s.incidents, 5, "its groups stay with it until it is resolved") })
	})
}

func TestStormOfStrangersIsNamedByItsAlerts(t *testing.T) {
	inStorm(t, func(s *storming) {
		for i := 1; i <= 6; i++ {
			a := complaint(i)
			delete(a.Labels, "namespace")
			s.deliver(a)
		}
		s.look(func() { require.Contains(t, s.incidents[4].Title, "ServiceDown6") })
	})
}

func TestWorseNewsOfAStormPagesAtOnce(t *testing.T) {
	inStorm(t, func(s *storming) {
		for i := 1; i <= 5; i++ {
			s.deliver(complaint(i, "severity", "warning"))
		}
		s.look(func() { require.Len(t, s.pages[4], 1) })
		s.deliver(complaint(6))
		s.look(func() {
			require.Len(t, s.pages[4], 2)
			require.Equal(t, escalation.ReasonNews, s.pages[4][1].Reason)
		})
	})
}
