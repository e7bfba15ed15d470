package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/internal/bubble"
)

// One incident cannot be stored any more, neither its deadline nor what is delivered for it: the deadlines of the others are kept.
func TestIncidentThatFailsHoldsNobodyBack(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		c := fixture.EngineConfig(t, m)
		c.Policy.Storm.Groups = 0
		s, err := engine.New(c)
		require.NoError(t, err)
		defer fixture.Running(t, s)()
		const others = 60 // more than a batch
		for n := range others + 1 {
			a := fixture.Alert(n+1, "service", fmt.Sprint("service-", n))
			require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, fmt.Sprint("g", n), a)))
		}
		fixture.Pass(time.Second)
		m.Look(func() { m.Poison = 1 })
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g0", fixture.Alert(1000))))
		before := m.Seen()
		fixture.Pass(6 * time.Minute)
		after := m.Seen()
		require.Len(t, after.AllPages[1], len(before.AllPages[1]))
		for number := range after.AllIncidents {
			if number != 1 {
				require.Greater(t, len(after.AllPages[number]), len(before.AllPages[number]), "incident %d", number)
			}
		}
		m.Look(func() { m.Poison = 0 })
		fixture.Pass(time.Minute)
		require.Greater(t, len(m.Seen().AllPages[1]), len(before.AllPages[1]), "and it is not forgotten")
	})
}

// More incidents than may fail at once can never be stored. They are the oldest that are due, and hold up none behind them.
func TestIncidentsThatAreRefusedStarveNobody(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		c := fixture.EngineConfig(t, m)
		c.Policy.Storm.Groups = 0
		s, err := engine.New(c)
		require.NoError(t, err)
		defer fixture.Running(t, s)()
		const broken, all = 60, 62
		for n := range all {
			require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, fmt.Sprint("g", n), fixture.Alert(n+1, "service", fmt.Sprint("service-", n)))))
			fixture.Pass(time.Millisecond)
		}
		mended := false
		m.Look(func() {
			m.Refuse = func(c escalation.Change) error {
				switch {
				case mended || c.Incident.Number > broken:
					return nil
				case c.Incident.Number%2 == 0:
					panic("no such rung")
				default:
					return incident.ErrRefused
				}
			}
		})
		before := m.Seen()
		fixture.Pass(6 * time.Minute)
		after := m.Seen()
		require.Len(t, after.AllPages[1], len(before.AllPages[1]))
		for number := int64(broken + 1); number <= all; number++ {
			require.Greater(t, len(after.AllPages[number]), len(before.AllPages[number]), "incident %d", number)
		}
		m.Look(func() { mended = true })
		fixture.Pass(2 * time.Minute)
		require.Greater(t, len(m.Seen().AllPages[1]), len(before.AllPages[1]), "and none is forgotten")
	})
}
