package escalation_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/internal/bubble"
)

// inGroup is a delivery of another group than delivery's.
func inGroup(service string, at time.Time, alerts ...escalation.Alert) escalation.Notification {
	n := delivery(at, alerts...)
	n.Labels = map[string]string{"service": service}
	n.GroupKey = escalation.GroupKey(n.Labels, "")
	return n
}

func numbers(m *memory) []int64 {
	var list []int64
	for n := int64(1); n <= m.number; n++ {
		if m.incidents[n].Number != 0 {
			list = append(list, n)
		}
	}
	return list
}

// After an edit of group_by the alerts that fire come again, in other groups.
func TestAnAlertStaysInItsIncidentWhateverGroupItComesIn(t *testing.T) {
	m := newMemory()
	s := newService(t, m)
	require.NoError(t, s.Observe(t.Context(), delivery(start, alert(1), alert(2))))
	require.NoError(t, s.Observe(t.Context(), inGroup("postgres", start.Add(time.Minute), alert(1)), inGroup("redis", start.Add(time.Minute), alert(2))))
	require.Equal(t, []int64{1}, numbers(m))
	require.Len(t, m.pages[1], 1, "nobody is paged twice")

	require.NoError(t, s.Observe(t.Context(), inGroup("postgres", start.Add(2*time.Minute), resolved(alert(1), start.Add(2*time.Minute)), alert(3))))
	require.False(t, m.incidents[1].Alerts[alert(1).Fingerprint].Firing, "its end is the end there")
	require.NotContains(t, m.incidents[1].Alerts, alert(3).Fingerprint)
	require.Contains(t, m.incidents[2].Alerts, alert(3).Fingerprint, "what is new goes by its group")

	again := alert(1)
	again.StartsAt = start.Add(3 * time.Minute)
	require.NoError(t, s.Observe(t.Context(), inGroup("postgres", start.Add(3*time.Minute), again)))
	require.True(t, m.incidents[2].Alerts[again.Fingerprint].Firing, "an alert that has ended is new again")
	require.False(t, m.incidents[1].Alerts[again.Fingerprint].Firing)
}

func TestOneBatchOpensOneIncidentForAnAlert(t *testing.T) {
	m := newMemory()
	s := newService(t, m)
	require.NoError(t, s.Observe(t.Context(),
		inGroup("postgres", start, alert(1)), delivery(start, alert(2), alert(1)), inGroup("postgres", start.Add(time.Second), alert(4)),
	))
	require.Equal(t, []int64{1, 2}, numbers(m))
	require.Len(t, m.incidents[1].Alerts, 2)
	require.Len(t, m.incidents[2].Alerts, 1)
}

func TestASplitDeliveryIsFinishedOnce(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		s := newService(t, m)
		require.NoError(t, s.Observe(t.Context(), inGroup("redis", time.Now(), alert(1))))
		defer running(t, s)()
		require.NoError(t, s.Receive(t.Context(), payload(t, "g", alert(1), alert(2))))
		synctest.Wait()
		require.True(t, m.seen().processed[1])
		require.Len(t, m.seen().incidents, 2)
	})
}
