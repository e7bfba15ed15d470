package handlers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/handlers/calls"
	"opsbot/handlers/identity"
	"opsbot/k8sops/runbooks"
)

// A network failure is worked through on the real API server, by two people, with a kill of opsbot in the middle.
func TestLiveANetworkEmergencyOutlivesAKill(t *testing.T) {
	w, cluster := newLiveFixture(t)
	place := w.Clusters.Default().Namespace
	require.NoError(t, cluster.ExecEnv(t.Context(), place, "api-gateway", nil))
	w.Identities.(*identity.Identities).Mappings = twoAdministrators()
	number, _ := w.fires("g")
	before := w.livePolicies(cluster)
	g := w.guided()

	r := w.begins(g, Admin, "/emergency network")
	require.Equal(t, "emergency network", r.Runbook)
	require.Equal(t, []runbooks.StepState{runbooks.Done, runbooks.Done, runbooks.Waiting, runbooks.Waiting, runbooks.Waiting, runbooks.Waiting}, states(r), plain(w.runCard(1).Card))
	look, err := w.store.Call(t.Context(), r.CallID(1))
	require.NoError(t, err)
	require.Equal(t, "net test api-gateway postgres:5432", look.Command)
	require.Equal(t, "zhangsan", look.Identity.User)
	require.Equal(t, "runbook/1", look.ReplyTo, "the evidence stands in the thread of the card")

	w.press(Admin, button(t, w.runCard(1), "Run step 3"))

	asked := w.outbox.last()
	require.Equal(t, calls.Approval, w.call(asked).State)
	require.Len(t, w.livePolicies(cluster), 1, "a second person has not approved it")
	w.press(Lead, button(t, asked, "Approve"))
	require.Equal(t, calls.Succeeded, w.call(asked).State, plain(w.outbox.last().Card))
	require.Empty(t, w.livePolicies(cluster))
	require.Equal(t, runbooks.Running, w.guidedRun(1).Steps[2].State, "nobody has looked yet")
	clusters := w.Clusters
	require.NoError(t, w.store.Close()) // and nothing else is done: it was killed

	next := newFixtureAt(t, w.url, w.api)
	next.Identities.(*identity.Identities).Mappings = twoAdministrators()
	next.liveCatalog()
	next.Clusters = clusters
	next.presses.Store(100) // Slack gives no id twice
	g = next.guided()
	next.advances(g)
	r = next.guidedRun(1)
	require.Equal(t, []runbooks.StepState{runbooks.Done, runbooks.Done, runbooks.Done, runbooks.Done, runbooks.Waiting, runbooks.Waiting}, states(r), plain(next.runCard(1).Card))
	require.Equal(t, Admin, r.Steps[2].By)

	next.types(Lead, "/emergency outage")
	require.Contains(t, plain(next.outbox.last().Card), "Guided run 1 of /emergency network")
	made := next.takes(g, 1, Lead, "Run step 5", "")
	require.Equal(t, calls.Succeeded, made.State)
	require.Equal(t, "zhaoliu", made.Identity.User, "the call is made by whoever pressed")
	after := next.livePolicies(cluster)
	require.Len(t, after, 1)
	require.Equal(t, before[0].Spec, after[0].Spec)
	r = next.guidedRun(1)
	require.True(t, r.IsOver() && r.Shown)
	require.Equal(t, []runbooks.StepState{runbooks.Done, runbooks.Done, runbooks.Done, runbooks.Done, runbooks.Done, runbooks.Done}, states(r))
	require.Empty(t, next.runCard(1).Card.Actions)
	require.Contains(t, next.timeline(number), "/netpol suspend all --for 30m", "on the incident's timeline as every call is")
}
