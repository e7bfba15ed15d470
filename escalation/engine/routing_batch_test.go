package engine_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/webhook"
	"opsbot/internal/bubble"
)

// inGroup is a delivery of another group than delivery's.
func inGroup(service string, at time.Time, alerts ...incident.Alert) incident.Notification {
	n := fixture.Delivery(at, alerts...)
	n.Labels = map[string]string{"service": service}
	n.GroupKey = webhook.GroupKey(n.Labels, "")
	return n
}

func numbers(m *fixture.Memory) []int64 {
	var list []int64
	for n := int64(1); n <= m.Number; n++ {
		if m.AllIncidents[n].Number != 0 {
			list = append(list, n)
		}
	}
	return list
}

// After an edit of group_by the alerts that fire come again, in other groups.
func TestAnAlertStaysInItsIncidentWhateverGroupItComesIn(t *testing.T) {
	m := fixture.NewMemory()
	s := fixture.NewEngine(t, m)
	require.NoError(t, s.Observe(t.Context(), fixture.Delivery(fixture.Start, fixture.Alert(1), fixture.Alert(2))))
	require.NoError(t, s.Observe(t.Context(), inGroup("postgres", fixture.Start.Add(time.Minute), fixture.Alert(1)), inGroup("redis", fixture.Start.Add(time.Minute), fixture.Alert(2))))
	require.Equal(t, []int64{1}, numbers(m))
	require.Len(t, m.AllPages[1], 1, "nobody is paged twice")

	require.NoError(t, s.Observe(t.Context(), inGroup("postgres", fixture.Start.Add(2*time.Minute), fixture.Resolved(fixture.Alert(1), fixture.Start.Add(2*time.Minute)), fixture.Alert(3))))
	require.False(t, m.AllIncidents[1].Alerts[fixture.Alert(1).Fingerprint].Firing, "its end is the end there")
	require.NotContains(t, m.AllIncidents[1].Alerts, fixture.Alert(3).Fingerprint)
	require.Contains(t, m.AllIncidents[2].Alerts, fixture.Alert(3).Fingerprint, "what is new goes by its group")

	again := fixture.Alert(1)
	again.StartsAt = fixture.Start.Add(3 * time.Minute)
	require.NoError(t, s.Observe(t.Context(), inGroup("postgres", fixture.Start.Add(3*time.Minute), again)))
	require.True(t, m.AllIncidents[2].Alerts[again.Fingerprint].Firing, "an alert that has ended is new again")
	require.False(t, m.AllIncidents[1].Alerts[again.Fingerprint].Firing)
}

func TestOneBatchOpensOneIncidentForAnAlert(t *testing.T) {
	m := fixture.NewMemory()
	s := fixture.NewEngine(t, m)
	require.NoError(t, s.Observe(t.Context(),
		inGroup("postgres", fixture.Start, fixture.Alert(1)), fixture.Delivery(fixture.Start, fixture.Alert(2), fixture.Alert(1)), inGroup("postgres", fixture.Start.Add(time.Second), fixture.Alert(4)),
	))
	require.Equal(t, []int64{1, 2}, numbers(m))
	require.Len(t, m.AllIncidents[1].Alerts, 2)
	require.Len(t, m.AllIncidents[2].Alerts, 1)
}

func TestASplitDeliveryIsFinishedOnce(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		s := fixture.NewEngine(t, m)
		require.NoError(t, s.Observe(t.Context(), inGroup("redis", time.Now(), fixture.Alert(1))))
		defer fixture.Running(t, s)()
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", fixture.Alert(1), fixture.Alert(2))))
		synctest.Wait()
		require.True(t, m.Seen().Processed[1])
		require.Len(t, m.Seen().AllIncidents, 2)
	})
}
