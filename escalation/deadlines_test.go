package escalation_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/internal/bubble"
)

// One incident cannot be stored any more, neither its deadline nor what is delivered for it: the deadlines of the others are kept.
func TestIncidentThatFailsHoldsNobodyBack(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		c := config(t, m)
		c.Policy.Storm.Groups = 0
		s, err := escalation.NewService(c)
		require.NoError(t, err)
		defer running(t, s)()
		const others = 60 // more than a batch
		for n := range others + 1 {
			a := alert(n+1, "service", fmt.Sprint("service-", n))
			require.NoError(t, s.Receive(t.Context(), payload(t, fmt.Sprint("g", n), a)))
		}
		pass(time.Second)
		m.look(func() { m.poison = 1 })
		require.NoError(t, s.Receive(t.Context(), payload(t, "g0", alert(1000))))
		before := m.seen()
		pass(6 * time.Minute)
		after := m.seen()
		require.Len(t, after.pages[1], len(before.pages[1]))
		for number := range after.incidents {
			if number != 1 {
				require.Greater(t, len(after.pages[number]), len(before.pages[number]), "incident %d", number)
			}
		}
		m.look(func() { m.poison = 0 })
		pass(time.Minute)
		require.Greater(t, len(m.seen().pages[1]), len(before.pages[1]), "and it is not forgotten")
	})
}

// More incidents than may fail at once can never be stored. They are the oldest that are due, and hold up none behind them.
func TestIncidentsThatAreRefusedStarveNobody(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		c := config(t, m)
		c.Policy.Storm.Groups = 0
		s, err := escalation.NewService(c)
		require.NoError(t, err)
		defer running(t, s)()
		const broken, all = 60, 62
		for n := range all {
			require.NoError(t, s.Receive(t.Context(), payload(t, fmt.Sprint("g", n), alert(n+1, "service", fmt.Sprint("service-", n)))))
			pass(time.Millisecond)
		}
		mended := false
		m.look(func() {
			m.refuse = func(c escalation.Change) error {
				switch {
				case mended || c.Incident.Number > broken:
					return nil
				case c.Incident.Number%2 == 0:
					panic("no such rung")
				default:
					return escalation.ErrRefused
				}
			}
		})
		before := m.seen()
		pass(6 * time.Minute)
		after := m.seen()
		require.Len(t, after.pages[1], len(before.pages[1]))
		for number := int64(broken + 1); number <= all; number++ {
			require.Greater(t, len(after.pages[number]), len(before.pages[number]), "incident %d", number)
		}
		m.look(func() { mended = true })
		pass(2 * time.Minute)
		require.Greater(t, len(m.seen().pages[1]), len(before.pages[1]), "and none is forgotten")
	})
}
