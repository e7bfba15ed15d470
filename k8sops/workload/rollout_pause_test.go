package workload

import (
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/messages"
)

func paused() []runtime.Object {
	objects := optest.Updated()
	for _, o := range objects {
		if d, ok := o.(*appsv1.Deployment); ok && d.Name == "user-service" {
			d.Spec.Paused = true
		}
	}
	return objects
}

func TestARolloutIsPausedAndResumed(t *testing.T) {
	ops := Operations(optest.TestPlatform())
	call, kube := optest.NewCall(t, ops, "rollout pause user", optest.Updated()...)
	plan, _, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, []k8sops.FieldChange{{Object: "user-service", Field: "paused", From: "false", To: "true"}}, plan.Changes)
	require.True(t, proof.OK)
	require.Equal(t, "rollout resume user-service", optest.UndoLine(t, call, plan, ops...))
	d, err := kube.AppsV1().Deployments(optest.TestNamespace).Get(t.Context(), "user-service", metav1.GetOptions{})
	require.NoError(t, err)
	require.True(t, d.Spec.Paused)
	require.NotContains(t, d.Annotations["kubernetes.io/change-cause"], "pause", "a pause makes no revision")

	call, kube = optest.NewCall(t, ops, "rollout resume user", paused()...)
	_, _, proof, err = optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.True(t, proof.OK)
	d, err = kube.AppsV1().Deployments(optest.TestNamespace).Get(t.Context(), "user-service", metav1.GetOptions{})
	require.NoError(t, err)
	require.False(t, d.Spec.Paused)
}

func TestResumeShowsWhatWillRollOut(t *testing.T) {
	objects := paused()
	for _, o := range objects {
		if d, ok := o.(*appsv1.Deployment); ok && d.Name == "user-service" {
			d.Spec.Template.Spec.Containers[0].Image = "user-service:1.2"
		}
	}
	call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), "rollout resume user", objects...)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	optest.Golden(t, "resume", func(p *messages.Printer) string { return optest.ShowPlan(p, plan) })
}

func TestPauseOfWhatIsPausedOrIsNoDeployment(t *testing.T) {
	ops := Operations(optest.TestPlatform())
	for line, objects := range map[string][]runtime.Object{"rollout pause user": paused(), "rollout resume user": optest.Updated()} {
		call, _ := optest.NewCall(t, ops, line, objects...)
		plan, err := call.Operation.Plan(t.Context(), call)
		require.NoError(t, err)
		require.True(t, plan.NoOp, line)
	}
	for _, line := range []string{"deploy user :9", "rollout restart user", "rollback user 1"} {
		call, _ := optest.NewCall(t, ops, line, paused()...)
		_, err := call.Operation.Plan(t.Context(), call)
		e, ok := optest.AsError(err)
		require.True(t, ok, line)
		require.Equal(t, []string{"k8sops.rollout.paused", "rollout resume user-service"}, append([]string{e.Message.ID}, e.Suggest...), line)
	}
	call, _ := optest.NewCall(t, ops, "rollout pause ledger", optest.StatefulSet("ledger", 2))
	_, err := call.Operation.Plan(t.Context(), call)
	require.Error(t, err)
}
