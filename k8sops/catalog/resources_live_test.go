package catalog

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
)

// Resources are shown beside what metrics-server measured, are set, reach the pods, and come back with the undo.
func TestLiveResourcesAreSetAndUndone(t *testing.T) {
	l := startLive(t, nil)
	before := l.deployment(t, "user-service").Spec.Template.Spec.Containers[0].Resources
	call, plan, _, proof := l.do(t, k8sops.Development, "resources user --cpu 150m/600m --memory 192Mi/768Mi")
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Equal(t, k8sops.Disruptive, plan.Danger)
	pods, err := l.cluster.Client().CoreV1().Pods(l.namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "app=user-service"})
	require.NoError(t, err)
	for _, pod := range pods.Items {
		if pod.DeletionTimestamp == nil {
			set := pod.Spec.Containers[0].Resources
			require.Equal(t, "150m 600m 192Mi 768Mi", set.Requests.Cpu().String()+" "+set.Limits.Cpu().String()+" "+set.Requests.Memory().String()+" "+set.Limits.Memory().String())
		}
	}
	require.Eventually(t, func() bool {
		_, _, result, _ := l.do(t, k8sops.Everyone, "resources user")
		shown := shownCard(t, result.Card)
		require.Contains(t, shown, "150m | 600m")
		return len(result.Card.Sections[0].Table.Rows) == 2 && result.Card.Footer[0].ID == "k8sops.resources.one_moment"
	}, 2*time.Minute, time.Second)

	_, _, _, proof = l.do(t, k8sops.Development, undoLine(t, l.ops, call, plan))
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Equal(t, before, l.deployment(t, "user-service").Spec.Template.Spec.Containers[0].Resources)
}

// What no node can hold is refused before anything changes, and a viewer may look only.
func TestLiveResourcesThatNoNodeHas(t *testing.T) {
	l := startLive(t, nil)
	before := l.deployment(t, "user-service").Generation
	require.Equal(t, "k8sops.resources_set.no_node", l.refused(t, "resources user --cpu 1000/1000").Message.ID)
	require.Equal(t, before, l.deployment(t, "user-service").Generation)
	viewer := l.call(t, k8sops.Everyone, "resources user --cpu 1/2")
	err := k8sops.Preflight(t.Context(), viewer.Client, viewer.Namespace, *viewer.Operation)
	require.Equal(t, k8sops.CodeForbidden, k8sops.CodeOf(err))
}
