package catalog

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
	"opsbot/runs"
)

func (l *live) service(t *testing.T, name string) *corev1.Service {
	t.Helper()
	s, err := l.cluster.Client().CoreV1().Services(l.namespace).Get(t.Context(), name, metav1.GetOptions{})
	require.NoError(t, err)
	return s
}

// requireOneSide: nothing of the second version is left but the label of the first one's pods.
func requireOneSide(t *testing.T, l *live, image string) {
	t.Helper()
	s := l.service(t, "user-service")
	require.Equal(t, map[string]string{"app": "user-service"}, s.Spec.Selector)
	require.NotContains(t, s.Annotations, "opsbot.io/bluegreen")
	require.Equal(t, image, kube.WorkloadOf(l.deployment(t, "user-service")).Images())
	_, err := l.cluster.Client().AppsV1().Deployments(l.namespace).Get(t.Context(), "user-service-v2", metav1.GetOptions{})
	require.True(t, apierrors.IsNotFound(err))
	planned, err := l.deps.Schedules.Schedules(t.Context())
	require.NoError(t, err)
	for _, p := range planned {
		require.NotEqual(t, "bluegreen abort", p.Operation, "the removal is not planned any more")
	}
}

func TestLiveBlueGreen(t *testing.T) {
	l := startLive(t, nil)
	old := kube.WorkloadOf(l.deployment(t, "user-service")).Images()
	_, plan, _, proof := l.do(t, k8sops.Development, "bluegreen prepare user :2.0")
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Equal(t, k8sops.Disruptive, plan.Danger, "the pods get a label first")
	require.Equal(t, map[string]string{"app": "user-service", "version": "v1"}, l.service(t, "user-service").Spec.Selector)
	planned, err := l.deps.Schedules.Schedules(t.Context())
	require.NoError(t, err)
	planned = slices.DeleteFunc(planned, func(s runs.Schedule) bool { return s.Operation != "bluegreen abort" })
	require.Len(t, planned, 1)
	require.Equal(t, "bluegreen abort user-service --unswitched", planned[0].Command)

	for line, refused := range map[string]string{
		"bluegreen prepare user :2.1": "k8sops.bluegreen.prepared_already", "bluegreen finish user": "k8sops.bluegreen.not_switched",
	} {
		call := l.call(t, k8sops.Development, line)
		_, err := call.Operation.Plan(t.Context(), call)
		require.Equal(t, refused, optest.MessageID(t, err), line)
	}

	_, _, _, proof = l.do(t, k8sops.Development, "bluegreen switch user")
	require.True(t, proof.OK, "%v", proof.Summary)
	_, _, result, _ := l.do(t, k8sops.Everyone, "bluegreen user")
	require.Equal(t, []string{"bluegreen finish user-service", "bluegreen back user-service"}, result.Suggest)
	require.Equal(t, messages.Literal("v1"), result.Card.Sections[0].Table.Rows[0][1])

	// The planned removal leaves what is switched to.
	call := l.call(t, k8sops.Development, planned[0].Command)
	left, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.True(t, left.NoOp)

	_, _, _, proof = l.do(t, k8sops.Development, "bluegreen back user")
	require.True(t, proof.OK, "%v", proof.Summary)
	_, _, _, proof = l.do(t, k8sops.Development, "bluegreen switch user-service")
	require.True(t, proof.OK, "%v", proof.Summary)
	_, plan, _, proof = l.do(t, k8sops.Development, "bluegreen finish user")
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Contains(t, plan.Diff, "- spec.containers[user-service].image: "+old)
	requireOneSide(t, l, "user-service:2.0")

	// The second time the pods have their label.
	_, plan, _, proof = l.do(t, k8sops.Development, "bluegreen prepare user :2.1")
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Equal(t, k8sops.Change, plan.Danger)
	_, _, _, proof = l.do(t, k8sops.Development, "bluegreen abort user")
	require.True(t, proof.OK, "%v", proof.Summary)
	requireOneSide(t, l, "user-service:2.0")
}

// Killed in the middle of any step, the run begins that step once more.
func TestLiveBlueGreenIsResumed(t *testing.T) {
	l := startLive(t, nil)
	again := func(line string) {
		t.Helper()
		call := l.call(t, k8sops.Development, line)
		plan, err := call.Operation.Plan(t.Context(), call)
		require.NoError(t, err)
		for _, step := range call.Operation.Steps {
			require.NoError(t, step.Do(t.Context(), call, plan, &optest.RecordedProgress{}, false), "%s: %s", line, step.Name)
			require.NoError(t, step.Do(t.Context(), call, plan, &optest.RecordedProgress{}, true), "%s: %s again", line, step.Name)
		}
		proof, err := call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
		require.NoError(t, err)
		require.True(t, proof.OK, "%s: %v", line, proof.Summary)
	}
	again("bluegreen prepare user :2.0")
	again("bluegreen switch user")
	again("bluegreen finish user")
	requireOneSide(t, l, "user-service:2.0")
	again("bluegreen prepare user :2.1")
	again("bluegreen switch user")
	again("bluegreen abort user")
	requireOneSide(t, l, "user-service:2.0")
}

func TestLiveGreenThatNeverGetsReady(t *testing.T) {
	l := startLive(t, nil)
	before := kube.WorkloadOf(l.deployment(t, "user-service")).Images()
	started := time.Now()
	_, _, _, proof := l.do(t, k8sops.Development, "bluegreen prepare user :bad")
	require.False(t, proof.OK)
	require.Less(t, time.Since(started), l.deps.RolloutTimeout)
	require.Equal(t, "bluegreen abort user-service", proof.Suggest[0])
	call := l.call(t, k8sops.Development, "bluegreen switch user")
	_, err := call.Operation.Plan(t.Context(), call)
	require.Equal(t, "k8sops.bluegreen.not_ready", optest.MessageID(t, err))
	_, _, _, proof = l.do(t, k8sops.Development, "bluegreen abort user")
	require.True(t, proof.OK, "%v", proof.Summary)
	requireOneSide(t, l, before)
}

func TestLiveBlueGreenBadInput(t *testing.T) {
	l := startLive(t, nil)
	refuses := func(line, id string) {
		t.Helper()
		call := l.call(t, k8sops.Development, line)
		_, err := call.Operation.Plan(t.Context(), call)
		require.Equal(t, id, optest.MessageID(t, err), line)
	}
	refuses("bluegreen switch user", "k8sops.bluegreen.not_prepared")
	refuses("bluegreen finish user", "k8sops.bluegreen.not_prepared")
	refuses("bluegreen prepare user :2.0 --version v1", "k8sops.bluegreen.bad_version")
	refuses("bluegreen prepare user :2.0 --version V/2", "k8sops.bluegreen.bad_version")
	refuses("bluegreen prepare user :2.0 --for 5s", "k8sops.bluegreen.bad_for")
	old := kube.WorkloadOf(l.deployment(t, "user-service")).Images()
	refuses("bluegreen prepare user "+old, "k8sops.deploy.nothing")

	second := l.service(t, "user-service").DeepCopy()
	second.ObjectMeta = metav1.ObjectMeta{Name: "user-internal", Namespace: l.namespace}
	second.Spec.ClusterIP, second.Spec.ClusterIPs = "", nil
	services := l.cluster.Client().CoreV1().Services(l.namespace)
	_, err := services.Create(t.Context(), second, metav1.CreateOptions{})
	require.NoError(t, err)
	refuses("bluegreen prepare user :2.0", "k8sops.bluegreen.several_services")
	require.NoError(t, services.Delete(t.Context(), "user-internal", metav1.DeleteOptions{}))

	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": map[string]string{"opsbot.io/bluegreen": "{"}}})
	require.NoError(t, err)
	_, err = services.Patch(t.Context(), "user-service", types.MergePatchType, patch, metav1.PatchOptions{})
	require.NoError(t, err)
	refuses("bluegreen switch user", "k8sops.bluegreen.unreadable")
	require.NoError(t, services.Delete(t.Context(), "user-service", metav1.DeleteOptions{}))
	refuses("bluegreen prepare user :2.0", "k8sops.bluegreen.no_service")
}
