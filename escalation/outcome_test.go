package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/internal/bubble"
)

// Delivery says once more what became of a page when it could not write that down itself.
func TestAnOutcomeThatIsRepeatedIsToldOnce(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := newMemory()
		var told []escalation.PageState
		c := config(t, m)
		c.OnOutcome = func(via escalation.Via, state escalation.PageState) {
			require.Equal(t, escalation.ViaSlack, via)
			told = append(told, state)
		}
		s, err := escalation.NewService(c)
		require.NoError(t, err)
		stop := running(t, s)
		defer stop()
		for n, group := range []string{"g", "h", "i"} {
			require.NoError(t, s.Receive(t.Context(), payload(t, group, alert(n+1))))
			pass(time.Second)
		}
		paged := m.seen().pages[3][0]
		_, err = s.Act(t.Context(), 3, escalation.Action{Kind: escalation.Ack, Actor: paged.Address})
		require.NoError(t, err)
		for range 2 {
			require.NoError(t, s.PageOutcome(t.Context(), "1/1", escalation.PageDelivered, ""))
			require.NoError(t, s.PageOutcome(t.Context(), "2/1", escalation.PageFailed, "user_not_found"))
			require.NoError(t, s.PageOutcome(t.Context(), "1/99", escalation.PageFailed, "nobody's"))
			require.NoError(t, s.PageOutcome(t.Context(), paged.ID, escalation.PageDelivered, ""), "it crossed the answer")
		}
		require.Equal(t, []escalation.PageState{escalation.PageDelivered, escalation.PageFailed, escalation.PageDelivered}, told)
	})
}
