package workload

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

func TestRollbackGoesToThePreviousRevisionAndBack(t *testing.T) {
	call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), "rollback user", optest.Updated()...)
	plan, _, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	optest.Golden(t, "rollback", func(p *messages.Printer) string { return optest.ShowPlan(p, plan) })
	require.NotContains(t, plan.Diff, "hunter2")
	require.True(t, proof.OK)

	d, err := call.Client.Kubernetes.AppsV1().Deployments(optest.TestNamespace).Get(t.Context(), "user-service", metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, "user-service:1.0", d.Spec.Template.Spec.Containers[0].Image)
	require.Equal(t, "rollback user by zhaoliu@company.com via opsbot at 2026-03-02T09:30:00Z", d.Annotations["kubernetes.io/change-cause"])
	require.Equal(t, "rollback user-service 2", optest.UndoLine(t, call, plan))
}

func TestRollbackToARevision(t *testing.T) {
	ops := Operations(optest.TestPlatform())
	call, _ := optest.NewCall(t, ops, "rollback user 7", optest.Updated()...)
	_, err := call.Operation.Plan(t.Context(), call)
	require.Equal(t, "k8sops.rollback.no_revision", optest.MessageID(t, err))
	e, _ := optest.AsError(err)
	require.Equal(t, []string{"rollback user 1", "rollout history user-service"}, e.Suggest)

	call, _ = optest.NewCall(t, ops, "rollback user 2", optest.Updated()...)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.True(t, plan.NoOp, "revision 2 runs already")

	call, _ = optest.NewCall(t, ops, "rollback order", optest.Deployment("order-service", 1))
	_, err = call.Operation.Plan(t.Context(), call)
	require.Equal(t, "k8sops.rollback.no_history", optest.MessageID(t, err))
}

func TestRolloutHistory(t *testing.T) {
	call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), "rollout history user", optest.Updated()...)
	result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	optest.Golden(t, "history", func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
	require.Equal(t, []string{"rollback user-service 1"}, result.Suggest)
}

func TestDeployPlans(t *testing.T) {
	for name, line := range map[string]string{
		"deploy": "deploy user :1.2", "deploy-latest": "deploy user registry.example.com:5000/user-service", "deploy-nothing": "deploy user 1.1",
	} {
		t.Run(name, func(t *testing.T) {
			call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), line, optest.Updated()...)
			plan, err := call.Operation.Plan(t.Context(), call)
			require.NoError(t, err)
			require.Equal(t, k8sops.Disruptive, plan.Danger)
			optest.Golden(t, name, func(p *messages.Printer) string { return optest.ShowPlan(p, plan) })
		})
	}
}

func TestDeployFailsOnAnImageThatCannotBePulled(t *testing.T) {
	objects := optest.Updated()
	call, kube := optest.NewCall(t, Operations(optest.TestPlatform()), "deploy user :1.2", objects...)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	err = optest.Do(t.Context(), call, plan)
	require.NoError(t, err)

	d, err := kube.AppsV1().Deployments(optest.TestNamespace).Get(t.Context(), "user-service", metav1.GetOptions{})
	require.NoError(t, err)
	d.Status.UpdatedReplicas, d.Status.Replicas = 1, 4
	_, err = kube.AppsV1().Deployments(optest.TestNamespace).UpdateStatus(t.Context(), d, metav1.UpdateOptions{})
	require.NoError(t, err)
	newest := optest.ReplicaSet(d, "3", "user-service:1.2", "")
	_, err = kube.AppsV1().ReplicaSets(optest.TestNamespace).Create(t.Context(), newest, metav1.CreateOptions{})
	require.NoError(t, err)
	_, err = kube.CoreV1().Pods(optest.TestNamespace).Create(t.Context(), optest.WaitingPod(newest.Name, "ImagePullBackOff"), metav1.CreateOptions{})
	require.NoError(t, err)

	proof, err := call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.False(t, proof.OK)
	require.Equal(t, "k8sops.rollout.stuck", proof.Summary.ID)
	require.Equal(t, "rollback user-service 2", proof.Suggest[0])
}

// A rollout that is through proves nothing when it is of another template than the planned one.
func TestVerifyTellsAReplacedTemplate(t *testing.T) {
	for _, line := range []string{"deploy user :1.2", "rollback user"} {
		for name, c := range map[string]struct {
			change func(*corev1.PodTemplateSpec)
			ok     bool
		}{
			"nothing": {func(*corev1.PodTemplateSpec) {}, true},
			"a restart": {func(p *corev1.PodTemplateSpec) {
				p.Annotations = map[string]string{kube.RestartedAt: "2026-03-02T09:31:00Z"}
			}, true},
			"another image":   {func(p *corev1.PodTemplateSpec) { p.Spec.Containers[0].Image = "user-service:9" }, false},
			"another setting": {func(p *corev1.PodTemplateSpec) { p.Spec.Containers[0].Env[0].Value = "other" }, false},
		} {
			t.Run(line+", then "+name, func(t *testing.T) {
				call, kube := optest.NewCall(t, Operations(optest.TestPlatform()), line, optest.Updated()...)
				plan, err := call.Operation.Plan(t.Context(), call)
				require.NoError(t, err)
				err = optest.Do(t.Context(), call, plan)
				require.NoError(t, err)
				d, err := kube.AppsV1().Deployments(optest.TestNamespace).Get(t.Context(), "user-service", metav1.GetOptions{})
				require.NoError(t, err)
				c.change(&d.Spec.Template)
				require.NoError(t, kube.Tracker().Update(appsv1.SchemeGroupVersion.WithResource("deployments"), d, optest.TestNamespace))

				proof, err := call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
				require.NoError(t, err)
				require.Equal(t, c.ok, proof.OK)
				if !c.ok {
					require.Equal(t, "k8sops.rollout.replaced", proof.Summary.ID)
					require.Equal(t, []string{"rollout history user-service", "status user-service"}, proof.Suggest)
				}
			})
		}
	}
}

func TestImages(t *testing.T) {
	for _, c := range []struct{ typed, current, want string }{
		{":1.1", "user-service:1.0", "user-service:1.1"},
		{"1.1", "registry:5000/a/user-service", "registry:5000/a/user-service:1.1"},
		{"v2-rc1", "user-service@sha256:0000000000000000000000000000000000000000000000000000000000000000", "user-service:v2-rc1"},
		{"other:1", "user-service:1.0", "other:1"},
		{"ghcr.io/a/b/c:x", "user-service:1.0", "ghcr.io/a/b/c:x"},
		{"nginx", "user-service:1.0", "nginx"},
		{"User:1", "user-service:1.0", ""},
		{"a b", "user-service:1.0", ""},
		{":", "user-service:1.0", ""},
		{"x:", "user-service:1.0", ""},
	} {
		got, err := newImage(c.typed, c.current)
		require.Equal(t, c.want, got, c.typed)
		require.Equal(t, c.want == "", err != nil, c.typed)
	}
}

func TestVerifyEndsWithItsContext(t *testing.T) {
	call, kube := optest.NewCall(t, Operations(optest.TestPlatform()), "rollout user", optest.Platform()...)
	stuck := optest.Deployment("user-service", 3)
	stuck.Status.AvailableReplicas = 1
	require.NoError(t, kube.Tracker().Update(appsv1.SchemeGroupVersion.WithResource("deployments"), stuck, optest.TestNamespace))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := call.Operation.Answer(ctx, call, &optest.RecordedProgress{})
	require.Equal(t, "k8sops.error.cancelled", optest.MessageID(t, err))
}
