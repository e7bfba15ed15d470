package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
)

func TestAlertIndex(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		save := func(inc incident.Incident, firing map[string]bool) {
			t.Helper()
			require.NoError(t, s.Apply(ctx, escalation.Change{Incident: inc, Firing: firing}))
		}
		first := map[string]bool{}
		var asked []string
		for i := range 2*homesAtOnce + 1 {
			f := fmt.Sprintf("%016x", i)
			first[f] = true
			asked = append(asked, f)
		}
		save(incident.Incident{Number: 1, GroupKey: "g", Status: incident.Open}, first)
		save(incident.Incident{Number: 2, GroupKey: "h", Status: incident.Open}, map[string]bool{"x": true, asked[0]: true})
		homes, err := s.IncidentsByFingerprint(ctx, append(asked, "nowhere", "x"))
		require.NoError(t, err)
		require.Len(t, homes, len(asked)+1)
		require.EqualValues(t, 2, homes[asked[0]], "the newest")
		require.EqualValues(t, 1, homes[asked[1]])
		require.EqualValues(t, 2, homes["x"])

		save(incident.Incident{Number: 2, Version: 1, GroupKey: "h", Status: incident.Open}, map[string]bool{asked[0]: false, asked[1]: false})
		firing, err := s.Firing(ctx)
		require.NoError(t, err)
		require.EqualValues(t, 1, firing[asked[0]], "it ended in the other")
		require.EqualValues(t, 1, firing[asked[1]], "it never fired in the other")

		save(incident.Incident{Number: 1, Version: 1, GroupKey: "g", Status: incident.Resolved}, nil)
		firing, err = s.Firing(ctx)
		require.NoError(t, err)
		require.Equal(t, map[string]int64{"x": 2}, firing, "a resolved incident takes nothing in")
		homes, err = s.IncidentsByFingerprint(ctx, nil)
		require.NoError(t, err)
		require.Empty(t, homes)
	})
}

func TestHeartbeats(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		known := func() engine.Heartbeat {
			t.Helper()
			h, err := s.Heartbeat(ctx, "Watchdog")
			require.NoError(t, err)
			return h
		}
		require.Zero(t, known())
		require.NoError(t, s.Beat(ctx, "Watchdog", start, 1))
		require.NoError(t, s.Beat(ctx, "Watchdog", start.Add(-time.Second), 7))
		require.NoError(t, s.Beat(ctx, "Other", start.Add(time.Hour), 1))
		require.Equal(t, engine.Heartbeat{At: start, Run: 1}, known(), "an older one changes nothing")
		require.NoError(t, s.Missed(ctx, "Watchdog", start.Add(time.Minute)))
		require.NoError(t, s.Beat(ctx, "Watchdog", start.Add(2*time.Minute), 2))
		require.Equal(t, engine.Heartbeat{At: start.Add(2 * time.Minute), Run: 2, MissedAt: start.Add(time.Minute)}, known())
		require.NoError(t, s.Missed(ctx, "Watchdog", time.Time{}))
		require.Equal(t, engine.Heartbeat{At: start.Add(2 * time.Minute), Run: 2}, known())
	})
}
