package catalog

import (
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
)

// How full a claim is, df says in a pod that mounts it. The pods of the test run programs on this machine, so the claim is mounted where this machine
// has a directory.
func TestLiveStorage(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane")
	}
	l := startLive(t, nil)
	deployments := l.cluster.Client().AppsV1().Deployments(l.namespace)
	postgres := l.deployment(t, "postgres")
	postgres.Spec.Template.Spec.Containers[0].VolumeMounts[0].MountPath = "/var"
	_, err := deployments.Update(t.Context(), postgres, metav1.UpdateOptions{})
	require.NoError(t, err)
	l.settles(t, "postgres")

	_, _, result, _ := l.do(t, k8sops.System, "storage")
	text := shownCard(t, result.Card)
	require.Regexp(t, `\| postgres-data \| \S* ?[0-9.]+ [KMGT]iB \([0-9]+%\) \| 10 GiB \| unknown \| Bound \| postgres-`, text)
	_, _, result, _ = l.do(t, k8sops.Everyone, "storage")
	require.Contains(t, shownCard(t, result.Card), "Use of postgres-data is not known: you may not run programs in the pods that mount them.")
}
