package kube_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/kubectl/pkg/polymorphichelpers"
	"pgregory.net/rapid"

	"opsbot/k8sops/kube"
)

// A rollout is over when kubectl rollout status says so and no surplus pod is left, whatever the status.
func TestARolloutIsOverWhenKubectlSaysSo(t *testing.T) {
	for kind, draw := range map[string]func(*rapid.T) kube.Object{
		kube.Deployment: drawDeployment, kube.StatefulSet: drawStatefulSet, kube.DaemonSet: drawDaemonSet,
	} {
		t.Run(kind, func(t *testing.T) {
			viewer, err := polymorphichelpers.StatusViewerFor(schema.GroupKind{Group: "apps", Kind: kind})
			require.NoError(t, err)
			rapid.Check(t, func(t *rapid.T) {
				w := kube.WorkloadOf(draw(t))
				fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(w.Object)
				require.NoError(t, err)
				_, wants, wantErr := viewer.Status(&unstructured.Unstructured{Object: fields}, 0)

				done, failed := w.RolledOut()
				require.Equal(t, wantErr != nil, !failed.IsZero(), "failed")
				require.Equal(t, wants && w.Counts().Current == w.Counts().Desired, done, "done")
			})
		})
	}
}

func few(t *rapid.T, name string) int32 { return rapid.Int32Range(0, 3).Draw(t, name) }

func drawDeployment(t *rapid.T) kube.Object {
	d := &appsv1.Deployment{}
	d.Name, d.Generation = "user-service", int64(few(t, "generation"))
	d.Spec.Replicas = new(few(t, "replicas"))
	d.Status = appsv1.DeploymentStatus{ObservedGeneration: int64(few(t, "observed")), Replicas: few(t, "current"),
		UpdatedReplicas: few(t, "updated"), ReadyReplicas: few(t, "ready"), AvailableReplicas: few(t, "available")}
	if rapid.Bool().Draw(t, "has condition") {
		d.Status.Conditions = []appsv1.DeploymentCondition{{Type: appsv1.DeploymentProgressing, Status: corev1.ConditionFalse,
			Reason: rapid.SampledFrom([]string{"ProgressDeadlineExceeded", "ReplicaSetUpdated"}).Draw(t, "reason")}}
	}
	return d
}

func drawStatefulSet(t *rapid.T) kube.Object {
	s := &appsv1.StatefulSet{}
	s.Name, s.Generation = "postgres", int64(few(t, "generation"))
	s.Spec.Replicas = new(few(t, "replicas"))
	s.Spec.UpdateStrategy.Type = appsv1.RollingUpdateStatefulSetStrategyType
	// The API server fills the partition in, so that a rolling update always has one.
	s.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: new(few(t, "partition"))}
	s.Status = appsv1.StatefulSetStatus{ObservedGeneration: int64(few(t, "observed")), Replicas: few(t, "current"),
		UpdatedReplicas: few(t, "updated"), ReadyReplicas: few(t, "ready"), AvailableReplicas: few(t, "available")}
	return s
}

func drawDaemonSet(t *rapid.T) kube.Object {
	d := &appsv1.DaemonSet{}
	d.Name, d.Generation = "log-agent", int64(few(t, "generation"))
	d.Spec.UpdateStrategy.Type = appsv1.RollingUpdateDaemonSetStrategyType
	d.Status = appsv1.DaemonSetStatus{ObservedGeneration: int64(few(t, "observed")), DesiredNumberScheduled: few(t, "desired"),
		CurrentNumberScheduled: few(t, "current"), UpdatedNumberScheduled: few(t, "updated"), NumberReady: few(t, "ready"),
		NumberAvailable: few(t, "available")}
	return d
}
