package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/oncall"
	"opsbot/internal/bubble"
)

// Delivery says once more what became of a page when it could not write that down itself.
func TestAnOutcomeThatIsRepeatedIsToldOnce(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		var told []incident.PageState
		c := fixture.EngineConfig(t, m)
		c.OnOutcome = func(via oncall.Via, state incident.PageState) {
			require.Equal(t, oncall.ViaSlack, via)
			told = append(told, state)
		}
		s, err := engine.New(c)
		require.NoError(t, err)
		stop := fixture.Running(t, s)
		defer stop()
		for n, group := range []string{"g", "h", "i"} {
			require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, group, fixture.Alert(n+1))))
			fixture.Pass(time.Second)
		}
		paged := m.Seen().AllPages[3][0]
		_, err = s.Act(t.Context(), 3, escalation.Action{Kind: escalation.Ack, Actor: paged.Address})
		require.NoError(t, err)
		for range 2 {
			require.NoError(t, s.PageOutcome(t.Context(), "1/1", incident.PageDelivered, ""))
			require.NoError(t, s.PageOutcome(t.Context(), "2/1", incident.PageFailed, "user_not_found"))
			require.NoError(t, s.PageOutcome(t.Context(), "1/99", incident.PageFailed, "nobody's"))
			require.NoError(t, s.PageOutcome(t.Context(), paged.ID, incident.PageDelivered, ""), "it crossed the answer")
		}
		require.Equal(t, []incident.PageState{incident.PageDelivered, incident.PageFailed, incident.PageDelivered}, told)
	})
}
