package scaling

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

func TestScaleShowsDoesProvesAndUndoes(t *testing.T) {
	ops := Operations(optest.TestPlatform())
	call, _ := optest.NewCall(t, ops, "scale user 5", optest.Platform()...)

	plan, result, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, []k8sops.FieldChange{{Object: "user-service", Field: "replicas", From: "3", To: "5"}}, plan.Changes)
	require.Equal(t, k8sops.Change, plan.Danger)
	require.NotEmpty(t, plan.Targets[0].Fingerprint)
	require.Equal(t, 5, optest.ReplicasIn(t, call, "user-service"))
	require.Equal(t, messages.ToneRunning, result.Card.Tone)
	require.True(t, proof.OK)
	require.Equal(t, "scale user-service 3", optest.UndoLine(t, call, plan))
}

func TestUndoingScaleAllSetsBackOnlyWhatItChanged(t *testing.T) {
	ops := Operations(optest.TestPlatform())
	call, client := optest.NewCall(t, ops, "scale all 3", optest.Platform()...)

	plan, _, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.True(t, proof.OK)
	require.Equal(t, []string{"order-service", "payment-service"}, plan.Names(), "user-service has 3 already")
	require.Equal(t, 1, optest.ReplicasIn(t, call, "postgres"), "all means tier=backend")

	undo := optest.UndoLine(t, call, plan)
	require.Equal(t, "scale order-service,payment-service 2", undo)
	for _, object := range []*appsv1.Deployment{optest.Deployment("user-service", 6), optest.Deployment("newcomer-service", 9)} {
		_ = client.Tracker().Delete(appsv1.SchemeGroupVersion.WithResource("deployments"), optest.TestNamespace, object.Name)
		require.NoError(t, client.Tracker().Add(object))
	}
	op, args, err := cmdline.Parse(ops, undo)
	require.NoError(t, err)
	call.Operation, call.Args = op, args
	_, _, _, err = optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, []int{2, 2}, []int{optest.ReplicasIn(t, call, "order-service"), optest.ReplicasIn(t, call, "payment-service")})
	require.Equal(t, []int{6, 9}, []int{optest.ReplicasIn(t, call, "user-service"), optest.ReplicasIn(t, call, "newcomer-service")}, "what it left alone is nobody's to undo")
}

func TestUndoLinesOfScale(t *testing.T) {
	many := optest.Platform()
	for i := range 120 {
		many = append(many, optest.Deployment(fmt.Sprintf("service-number-%d", i), 2))
	}
	for _, c := range []struct {
		line, undo string
		objects    []runtime.Object
	}{
		{"scale all 4", "scale order-service,payment-service,user-service 2 --except user-service=3", optest.Platform()},
		{"scale all 2", "scale user-service 3", optest.Platform()},
		{"scale user,order 4", "scale order-service,user-service 2 --except user-service=3", optest.Platform()},
		{"scale user,user-service,payment 2 --except user=7", "scale user-service 3", optest.Platform()},
	} {
		call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), c.line, c.objects...)
		plan, err := call.Operation.Plan(t.Context(), call)
		require.NoError(t, err)
		require.Equal(t, c.undo, optest.UndoLine(t, call, plan), c.line)
	}
	call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), "scale all 9", many...)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	back, err := call.Operation.Undo(call, plan)
	require.NoError(t, err)
	require.Len(t, strings.Split(back.Args["service"], ","), len(many)-1, "an undo is no line that a person must type: it may name more than one holds")
}

func TestAScaleThatStopsHalfwayOffersToUndoItsHalf(t *testing.T) {
	call, client := optest.NewCall(t, Operations(optest.TestPlatform()), "scale all 4", optest.Platform()...)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	client.PrependReactor("patch", "deployments", func(action clienttesting.Action) (bool, runtime.Object, error) {
		refuse := action.(clienttesting.PatchAction).GetName() == "user-service"
		return refuse, nil, apierrors.NewForbidden(appsv1.Resource("deployments"), "user-service", errors.New("quota"))
	})
	err = optest.Do(t.Context(), call, plan)
	require.Equal(t, "k8sops.error.halfway", optest.MessageID(t, err))
	e, _ := optest.AsError(err)
	require.Equal(t, "scale order-service,payment-service 2", e.Undo.Line([]k8sops.Operation{*call.Operation}))
}

func TestScalePlans(t *testing.T) {
	for _, c := range []struct {
		name, line string
		objects    []runtime.Object
		danger     k8sops.Danger
	}{
		{"scale-one", "scale user 5", nil, k8sops.Change},
		{"scale-below-minimum", "scale user 1", nil, k8sops.Disruptive},
		{"scale-to-zero", "scale user 0", nil, k8sops.Destructive},
		{"scale-many-down", "scale user,order,payment,search 1", []runtime.Object{optest.Deployment("search-service", 2)}, k8sops.Destructive},
		{"scale-protected", "scale postgres 2", nil, k8sops.Destructive},
		{"scale-with-autoscaler", "scale user 5", []runtime.Object{optest.Autoscaler("user-service", 2, 10)}, k8sops.Change},
		{"scale-above-autoscaler", "scale user 50", []runtime.Object{optest.Autoscaler("user-service", 2, 10)}, k8sops.Change},
		{"scale-nothing", "scale user 3", nil, k8sops.Change},
		{"scale-all", "scale all 4", nil, k8sops.Change},
	} {
		t.Run(c.name, func(t *testing.T) {
			call, client := optest.NewCall(t, Operations(optest.TestPlatform()), c.line, append(optest.Platform(), c.objects...)...)
			plan, err := call.Operation.Plan(t.Context(), call)
			require.NoError(t, err)
			require.Equal(t, c.danger, plan.Danger)
			require.Equal(t, c.name == "scale-nothing", plan.NoOp)
			require.Equal(t, 3, optest.ReplicasIn(t, call, "user-service"), "a plan changes nothing")
			_ = client
			optest.Golden(t, c.name, func(p *messages.Printer) string { return optest.ShowPlan(p, plan) })
		})
	}
}

func TestScaleBelowTheAutoscalersMinimumIsRefusedByName(t *testing.T) {
	call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), "scale user 1", append(optest.Platform(), optest.Autoscaler("user-service", 2, 10))...)
	_, err := call.Operation.Plan(t.Context(), call)
	require.Equal(t, "k8sops.scale.hpa_minimum", optest.MessageID(t, err))
	e, _ := optest.AsError(err)
	require.Equal(t, "user-service-hpa", e.Message.Args["hpa"].S)
	require.Equal(t, k8sops.CodeInvalid, e.Code)
}

func TestAChangeOfStatusAloneStopsNothing(t *testing.T) {
	call, client := optest.NewCall(t, Operations(optest.TestPlatform()), "scale user 5", optest.Platform()...)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	restless := optest.Deployment("user-service", 3)
	restless.ResourceVersion, restless.Status.ReadyReplicas = "8", 1
	restless.Annotations["deployment.kubernetes.io/revision"] = "3"
	require.NoError(t, client.Tracker().Update(appsv1.SchemeGroupVersion.WithResource("deployments"), restless, optest.TestNamespace))
	require.NoError(t, kube.CheckTargets(t.Context(), call, plan))
	err = optest.Do(t.Context(), call, plan)
	require.NoError(t, err)
}

func TestVerifyTellsAnOverriddenScale(t *testing.T) {
	catalogue, err := messages.Load()
	require.NoError(t, err)
	for _, c := range []struct {
		objects []runtime.Object
		says    string
	}{
		{optest.Platform(), "user-service now has 10 replicas, not 5: something else changed it"},
		{append(optest.Platform(), optest.Autoscaler("order-service", 2, 10)), "user-service now has 10 replicas, not 5: something else changed it"},
		{append(optest.Platform(), optest.Autoscaler("user-service", 2, 10)),
			"user-service now has 10 replicas, not 5: something else changed it. Autoscaler user-service-hpa (2–10) scales it"},
	} {
		call, client := optest.NewCall(t, Operations(optest.TestPlatform()), "scale user 5", c.objects...)
		plan, err := call.Operation.Plan(t.Context(), call)
		require.NoError(t, err)
		err = optest.Do(t.Context(), call, plan)
		require.NoError(t, err)
		require.NoError(t, client.Tracker().Update(appsv1.SchemeGroupVersion.WithResource("deployments"), optest.Deployment("user-service", 10), optest.TestNamespace))
		proof, err := call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
		require.NoError(t, err)
		require.False(t, proof.OK)
		require.Equal(t, c.says, catalogue.Printer("en", messages.Plain()).Text(proof.Summary))
	}
}
