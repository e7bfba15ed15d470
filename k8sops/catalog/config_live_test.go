package catalog

import (
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/backup"
)

// The configuration of a whole platform is backed up with the generated rights, by a real API server's discovery.
func TestLiveTheConfigurationIsBackedUp(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane")
	}
	l := startLive(t, nil)
	_, plan, result, proof := l.do(t, k8sops.System, "backup config")
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Len(t, plan.Warning, 1, "Secrets are left out")
	backups, err := backup.ListConfig(t.Context(), l.deps.Backups, "test", l.namespace)
	require.NoError(t, err)
	require.Len(t, backups, 1)
	require.False(t, backups[0].VerifiedAt.IsZero())
	deployments, err := l.cluster.Client().AppsV1().Deployments(l.namespace).List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	for _, d := range deployments.Items {
		require.Contains(t, backups[0].Objects, backup.ObjectRef{APIVersion: "apps/v1", Kind: "Deployment", Name: d.Name})
	}
	for _, o := range backups[0].Objects {
		require.NotContains(t, []string{"Secret", "Pod", "ReplicaSet", "Event", "EndpointSlice", "Endpoints", "Lease"}, o.Kind)
	}
	t.Log(shownCard(t, result.Card))
}
