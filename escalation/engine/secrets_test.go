package engine_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/internal/bubble"
	"opsbot/messages"
)

// Everything that an incident stores, journal included, after an alert, a note, a quote and a task that each hold a secret.
func TestAnIncidentKeepsNoSecret(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		m := fixture.NewMemory()
		s, err := engine.New(fixture.EngineConfig(t, m))
		require.NoError(t, err)
		defer fixture.Running(t, s)()
		alert := fixture.Alert(1)
		alert.Annotations["summary"] = "dial app:SECRET1@tcp(db:3306)/shop"
		alert.Labels["dsn"] = "postgres://app:SECRET1@db/shop"
		require.NoError(t, s.Receive(t.Context(), fixture.Payload(t, "g", alert)))
		synctest.Wait()
		for _, a := range []escalation.Action{
			{Kind: escalation.Note, Text: messages.Literal("口令：SECRET1")},
			{Kind: escalation.QuoteMessage, Quote: escalation.Quote{Message: "C1/1.2", Author: fixture.Lisi, Text: "try mysql -uroot -pSECRET1"}},
			{Kind: escalation.AddFollowUp, FollowUp: incident.FollowUp{Text: "replace token=SECRET1", Owner: fixture.Lisi}},
			{Kind: escalation.Diagnosed, Text: messages.Literal("bad password=SECRET1")},
		} {
			a.Actor = fixture.Lisi
			_, err := s.Act(t.Context(), 1, a)
			require.NoError(t, err, a.Kind)
		}
		synctest.Wait()
		m.Look(func() {
			kept, err := json.Marshal([]any{m.AllIncidents, m.AllEntries, m.AllPages, m.Messages})
			require.NoError(t, err)
			require.NotContains(t, string(kept), "SECRET1")
			for _, entry := range m.Journal {
				require.NotContains(t, string(entry.Payload), "SECRET1")
			}
			require.Contains(t, string(kept), "app:***@tcp(db:3306)/shop")
		})
	})
}
