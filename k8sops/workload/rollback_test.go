package workload

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/templatediff"
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
	for _, c := range []struct {
		name, line string
		danger     k8sops.Danger
	}{
		{"deploy", "deploy user :1.2", k8sops.Disruptive},
		{"deploy-latest", "deploy user registry.example.com:5000/user-service", k8sops.Destructive},
		{"deploy-nothing", "deploy user 1.1", k8sops.Disruptive},
	} {
		t.Run(c.name, func(t *testing.T) {
			call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), c.line, optest.Updated()...)
			plan, err := call.Operation.Plan(t.Context(), call)
			require.NoError(t, err)
			require.Equal(t, c.danger, plan.Danger)
			optest.Golden(t, c.name, func(p *messages.Printer) string { return optest.ShowPlan(p, plan) })
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
				p.Annotations = map[string]string{templatediff.RestartedAt: "2026-03-02T09:31:00Z"}
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

const someDigest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestImages(t *testing.T) {
	for _, c := range []struct{ typed, current, want string }{
		{":1.1", "user-service:1.0", "user-service:1.1"},
		{"1.1", "registry:5000/a/user-service", "registry:5000/a/user-service:1.1"},
		{"v2-rc1", "user-service@sha256:0000000000000000000000000000000000000000000000000000000000000000", "user-service:v2-rc1"},
		{"other:1", "user-service:1.0", "other:1"},
		{"ghcr.io/a/b/c:x", "user-service:1.0", "ghcr.io/a/b/c:x"},
		{"nginx", "user-service:1.0", "user-service:nginx"},
		{"release_7", "registry:5000/a/user-service:1@" + someDigest, "registry:5000/a/user-service:release_7"},
		{"@" + someDigest, "registry:5000/a/user-service:1.0", "registry:5000/a/user-service@" + someDigest},
		{someDigest, "user-service", "user-service@" + someDigest},
		{"other:1@" + someDigest, "user-service", "other:1@" + someDigest},
		{"sha256:12", "user-service:1.0", ""},
		{"@latest", "user-service:1.0", ""},
		{"1.1", "what is no reference", ""},
		{"other:1", "what is no reference", "other:1"},
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

// Of a registry that is open to everybody only the account is trusted, of one's own all of it.
func TestAnImageFromElsewhereNeedsASecondPerson(t *testing.T) {
	own := optest.Deployment("user-service", 3)
	own.Spec.Template.Spec.Containers[0].Image = "registry.example.com:5000/shop/user-service:1.0"
	github := optest.Deployment("order-service", 3)
	github.Spec.Template.Spec.Containers[0].Image = "ghcr.io/shop/order-service:1.0"
	for _, c := range []struct {
		image  string
		only   []string
		danger k8sops.Danger
	}{
		{"1.1", nil, k8sops.Disruptive},
		{"registry.example.com:5000/another/image:1", nil, k8sops.Disruptive},
		{"registry.example.com/shop/user-service:1.0", nil, k8sops.Destructive},
		{"ghcr.io/shop/tool:1", nil, k8sops.Disruptive},
		{"ghcr.io/mallory/order-service:1.0", nil, k8sops.Destructive},
		{"redis:7", nil, k8sops.Destructive},
		{"docker.io/mallory/user-service:1.0", nil, k8sops.Destructive},
		{"ghcr.io/shop/tool:1", []string{"registry.example.com:5000/shop"}, k8sops.Destructive},
		{"registry.example.com:5000/shopping/user-service:1", []string{"registry.example.com:5000/shop"}, k8sops.Destructive},
		{"registry.example.com:5000/shop/user-service:2", []string{"registry.example.com:5000/shop/"}, k8sops.Disruptive},
		{"redis:7", []string{"docker.io"}, k8sops.Disruptive},
	} {
		t.Run(c.image, func(t *testing.T) {
			p := optest.TestPlatform()
			p.Care.Registries = c.only
			call, _ := optest.NewCall(t, Operations(p), "deploy user "+c.image, own, github)
			plan, err := call.Operation.Plan(t.Context(), call)
			require.NoError(t, err)
			require.Equal(t, c.danger, plan.Danger)
			saysSo := slices.ContainsFunc(plan.Warning, func(w messages.Text) bool { return w.ID == "k8sops.danger.registry" })
			require.Equal(t, c.danger == k8sops.Destructive, saysSo)
		})
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
