package handlers_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/handlers/calls"
	"opsbot/handlers/identity"
	"opsbot/k8sops"
	"opsbot/runs"
	"opsbot/testcluster"
)

// twoAdministrators are a second person for what is destructive.
func twoAdministrators() []identity.Mapping {
	return []identity.Mapping{
		{Email: "zhangsan@company.com", User: "zhangsan", Groups: []string{"opsbot:system"}},
		{Slack: Lead, User: "zhaoliu", Groups: []string{"opsbot:system"}},
	}
}

func (w *fixture) livePolicies(c *testcluster.Cluster) []networkingv1.NetworkPolicy {
	w.t.Helper()
	list, err := c.Client().NetworkingV1().NetworkPolicies(w.Clusters.Default().Namespace).List(w.t.Context(), metav1.ListOptions{})
	require.NoError(w.t, err)
	return list.Items
}

// Policies that were suspended come back by themselves, although the opsbot that removed them is gone and the cluster was away when their time was up.
func TestLivePoliciesComeBackAfterAKill(t *testing.T) {
	w, cluster := newLiveFixture(t)
	w.Identities.(*identity.Identities).Mappings = twoAdministrators()
	before := w.livePolicies(cluster)
	require.Len(t, before, 1)
	w.types(Admin, "/netpol suspend all --for 30m")
	asked := w.outbox.last()
	require.Len(t, w.livePolicies(cluster), 1, "a second person has not approved it")
	w.press(Lead, button(t, asked, "Approve"))
	require.Equal(t, calls.Succeeded, w.call(asked).State, plain(w.outbox.last().Card))
	require.Empty(t, w.livePolicies(cluster))
	clusters := w.Clusters
	require.NoError(t, w.store.Close()) // and nothing else is done: it was killed

	next := newFixtureAt(t, w.url, w.api)
	next.Identities.(*identity.Identities).Mappings = twoAdministrators()
	next.liveCatalog()
	next.Clusters = clusters
	next.passes(29 * time.Minute)
	require.Empty(t, next.livePolicies(cluster), "not yet")
	away := *clusters[0]
	away.Config = nil
	next.Clusters = k8sops.Clusters{&away}
	next.passes(3 * time.Hour)
	require.Equal(t, runs.Active, next.schedule(1).State)
	require.Empty(t, next.livePolicies(cluster))
	next.Clusters = clusters
	next.passes(time.Minute)
	after := next.livePolicies(cluster)
	require.Len(t, after, 1)
	require.Equal(t, before[0].Spec, after[0].Spec)
	require.Equal(t, before[0].Labels, after[0].Labels)
	require.Equal(t, before[0].Annotations, after[0].Annotations)
	require.NotEqual(t, runs.Active, next.schedule(1).State)
	r, err := next.store.Call(t.Context(), "s1-2")
	require.NoError(t, err)
	require.Equal(t, calls.Succeeded, r.State)
	require.Equal(t, "zhangsan", r.Identity.User)
	require.Empty(t, r.ApprovedBy, "nobody was asked")
}
