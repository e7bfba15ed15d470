package rollout_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/k8sops/workload"
	"opsbot/messages"
)

// pendingPod is a pod of the stateful set ledger that is not ready.
func pendingPod(change func(*corev1.Pod)) *corev1.Pod {
	controller := true
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
		Name: "ledger-1", Namespace: optest.TestNamespace, UID: "pod-1", Labels: map[string]string{"app": "ledger"},
		OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "StatefulSet", Name: "ledger", UID: "uid-ledger", Controller: &controller}},
	}}
	change(pod)
	return pod
}

func waiting(reason, message string) corev1.ContainerStatus {
	return corev1.ContainerStatus{Name: "ledger", RestartCount: 3, State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}}
}

func unscheduled(message string) func(*corev1.Pod) {
	return func(pod *corev1.Pod) {
		pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: "Unschedulable", Message: message}}
	}
}

func warning(kind, name string, uid types.UID, reason, message string, at time.Time) *corev1.Event {
	return &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{Name: reason + "." + name, Namespace: optest.TestNamespace}, Type: corev1.EventTypeWarning, Reason: reason, Message: message,
		InvolvedObject: corev1.ObjectReference{Kind: kind, Name: name, UID: uid}, LastTimestamp: metav1.NewTime(at),
	}
}

// What Kubernetes says on any level is found, in words that name where.
func TestObstacles(t *testing.T) {
	short := func(s *appsv1.StatefulSet) {
		s.Status.Replicas, s.Status.ReadyReplicas, s.Status.AvailableReplicas = 1, 1, 1
	}
	claimed := func(pod *corev1.Pod) {
		unscheduled("pod has unbound immediate PersistentVolumeClaims")(pod)
		pod.Spec.Volumes = []corev1.Volume{{VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data-ledger-1"}}}}
	}
	for name, c := range map[string]struct {
		objects []runtime.Object
		want    string
	}{
		"nothing": {nil, ""},
		"quota": {[]runtime.Object{warning("StatefulSet", "ledger", "uid-ledger", "FailedCreate", "pods \"ledger-1\" is forbidden: exceeded quota: small", optest.TestNow())},
			"k8sops.obstacle.refused"},
		"a quota of yesterday": {[]runtime.Object{warning("StatefulSet", "ledger", "uid-ledger", "FailedCreate", "exceeded quota", optest.TestNow().Add(-time.Hour))}, ""},
		"image": {[]runtime.Object{pendingPod(func(pod *corev1.Pod) {
			pod.Status.ContainerStatuses = []corev1.ContainerStatus{waiting("ImagePullBackOff", "no such image")}
		})}, "k8sops.rollout.stuck"},
		"init container": {[]runtime.Object{pendingPod(func(pod *corev1.Pod) {
			pod.Spec.InitContainers = []corev1.Container{{Name: "ledger"}}
			pod.Status.InitContainerStatuses = []corev1.ContainerStatus{waiting("CrashLoopBackOff", "back-off")}
		})}, "k8sops.obstacle.init_container"},
		"no node":  {[]runtime.Object{pendingPod(unscheduled("0/3 nodes are available: 3 Insufficient cpu."))}, "k8sops.obstacle.unschedulable"},
		"no claim": {[]runtime.Object{pendingPod(claimed)}, "k8sops.obstacle.unschedulable"},
		"unbound claim": {[]runtime.Object{pendingPod(claimed), &corev1.PersistentVolumeClaim{
			ObjectMeta: metav1.ObjectMeta{Name: "data-ledger-1", Namespace: optest.TestNamespace}, Status: corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimPending}}},
			"k8sops.obstacle.claim"},
		"gate": {[]runtime.Object{pendingPod(func(pod *corev1.Pod) {
			pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonSchedulingGated}}
		})}, "k8sops.obstacle.gated"},
		"probe": {[]runtime.Object{pendingPod(func(*corev1.Pod) {}), warning("Pod", "ledger-1", "pod-1", "Unhealthy", "Readiness probe failed: HTTP 503", optest.TestNow())},
			"k8sops.obstacle.warning"},
	} {
		t.Run(name, func(t *testing.T) {
			set := optest.StatefulSet("ledger", 2)
			short(set)
			call, _ := optest.NewCall(t, workload.Operations(optest.TestPlatform()), "rollout ledger", append(c.objects, set)...)
			o, err := rollout.ObstacleOf(t.Context(), call, kube.WorkloadOf(set))
			require.NoError(t, err)
			require.Equal(t, c.want, o.Text.ID)
		})
	}
}

// rolled answers "rollout ledger" with a clock that moves a second at each look.
func rolled(t *testing.T, objects ...runtime.Object) *k8sops.Result {
	t.Helper()
	p, now := optest.TestPlatform(), optest.TestNow()
	p.Now = func() time.Time { now = now.Add(time.Second); return now }
	p.RolloutTimeout = 40 * time.Second
	set := optest.StatefulSet("ledger", 2)
	set.Status.Replicas, set.Status.ReadyReplicas, set.Status.AvailableReplicas = 1, 1, 1
	call, _ := optest.NewCall(t, workload.Operations(p), "rollout ledger", append(objects, set)...)
	result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	return result
}

// revisionOfLedger is what the stateful set's controller keeps of a template.
func revisionOfLedger(number int64, image string) *appsv1.ControllerRevision {
	controller := true
	template := optest.StatefulSet("ledger", 2).Spec.Template
	template.Spec.Containers[0].Image = image
	kept, err := json.Marshal(map[string]any{"spec": map[string]any{"template": template}})
	if err != nil {
		panic(err)
	}
	return &appsv1.ControllerRevision{
		ObjectMeta: metav1.ObjectMeta{
			Name: fmt.Sprint("ledger-", number), Namespace: optest.TestNamespace, Labels: map[string]string{"app": "ledger"},
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "StatefulSet", Name: "ledger", UID: "uid-ledger", Controller: &controller}},
		},
		Revision: number, Data: runtime.RawExtension{Raw: kept},
	}
}

// A rollback is offered where another revision may fare better, and only there.
func TestARollbackIsNotOfferedWhereItCannotHelp(t *testing.T) {
	quota := warning("StatefulSet", "ledger", "uid-ledger", "FailedCreate", "exceeded quota: small", optest.TestNow())
	result := rolled(t, quota)
	require.Equal(t, "k8sops.obstacle.refused", result.Card.Title.ID, "nobody waits for a quota")
	require.NotContains(t, result.Suggest, "rollback statefulset/ledger")

	result = rolled(t, pendingPod(unscheduled("0/3 nodes are available: 3 Insufficient memory.")))
	require.Equal(t, "k8sops.rollout.timeout_held_up", result.Card.Title.ID, "a node may still come")
	require.NotContains(t, result.Suggest, "rollback statefulset/ledger")

	stuck := pendingPod(func(pod *corev1.Pod) {
		pod.Status.ContainerStatuses = []corev1.ContainerStatus{waiting("ImagePullBackOff", "no such image")}
	})
	result = rolled(t, stuck)
	require.Equal(t, "k8sops.rollout.stuck", result.Card.Title.ID)
	require.NotContains(t, result.Suggest, "rollback statefulset/ledger", "it has nothing to go back to")

	result = rolled(t, stuck, revisionOfLedger(1, "ledger:0.9"), revisionOfLedger(2, "ledger:1.0"))
	require.Equal(t, "k8sops.rollout.stuck", result.Card.Title.ID)
	require.Contains(t, result.Suggest, "rollback statefulset/ledger")
}

// While pods of the old template serve, nobody reads that nothing is ready.
func TestCountsTellOldPodsFromNewOnes(t *testing.T) {
	d := optest.Deployment("user-service", 4)
	d.Status.Replicas, d.Status.UpdatedReplicas, d.Status.AvailableReplicas, d.Status.ReadyReplicas = 4, 1, 3, 3
	newest := optest.ReplicaSet(d, "2", "user-service:1.0", "")
	newest.Status.AvailableReplicas = 0
	p, now := optest.TestPlatform(), optest.TestNow()
	p.Now = func() time.Time { now = now.Add(time.Second); return now }
	p.RolloutTimeout = 5 * time.Second
	call, client := optest.NewCall(t, workload.Operations(p), "rollout user", d, newest)
	require.NoError(t, client.Tracker().Update(appsv1.SchemeGroupVersion.WithResource("deployments"), d, optest.TestNamespace))
	result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	catalogue, err := messages.Load()
	require.NoError(t, err)
	require.Contains(t, optest.ShowCard(catalogue.Printer("en", messages.Plain()), result.Card),
		"user-service is not ready after 5s: 0 of 4 replicas updated and ready, 3 serving in all")
}
