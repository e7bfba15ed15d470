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
