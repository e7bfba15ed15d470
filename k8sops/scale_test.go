package k8sops

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"

	"opsbot/messages"
)

func TestScaleShowsDoesProvesAndUndoes(t *testing.T) {
	ops := scalingOperations(testPlatform())
	call, _ := newCall(t, ops, "scale user 5", platform()...)

	plan, result, proof, err := runAll(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, []FieldChange{{"user-service", "replicas", "3", "5"}}, plan.Changes)
	require.Equal(t, Change, plan.Danger)
	require.NotEmpty(t, plan.Targets[0].Fingerprint)
	require.Equal(t, 5, replicasIn(t, call, "user-service"))
	require.Equal(t, messages.ToneRunning, result.Card.Tone)
	require.True(t, proof.OK)
	require.Equal(t, "scale user-service 3", call.Operation.Undo(call, plan))
}

func TestUndoingScaleAllSetsBackOnlyWhatItChanged(t *testing.T) {
	ops := scalingOperations(testPlatform())
	call, client := newCall(t, ops, "scale all 3", platform()...)

	plan, _, proof, err := runAll(t.Context(), call)
	require.NoError(t, err)
	require.True(t, proof.OK)
	require.Equal(t, []string{"order-service", "payment-service"}, plan.names(), "user-service has 3 already")
	require.Equal(t, 1, replicasIn(t, call, "postgres"), "all means tier=backend")

	undo := call.Operation.Undo(call, plan)
	require.Equal(t, "scale order-service,payment-service 2", undo)
	for _, object := range []*appsv1.Deployment{deployment("user-service", 6), deployment("newcomer-service", 9)} {
		_ = client.Tracker().Delete(appsv1.SchemeGroupVersion.WithResource("deployments"), testNamespace, object.Name)
		require.NoError(t, client.Tracker().Add(object))
	}
	op, args, err := Parse(ops, undo)
	require.NoError(t, err)
	call.Operation, call.Args = op, args
	_, _, _, err = runAll(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, []int{2, 2}, []int{replicasIn(t, call, "order-service"), replicasIn(t, call, "payment-service")})
	require.Equal(t, []int{6, 9}, []int{replicasIn(t, call, "user-service"), replicasIn(t, call, "newcomer-service")}, "what it left alone is nobody's to undo")
}

func TestUndoLinesOfScale(t *testing.T) {
	many := platform()
	for i := range 120 {
		many = append(many, deployment(fmt.Sprintf("service-number-%d", i), 2))
	}
	for _, c := range []struct {
		line, undo string
		objects    []runtime.Object
	}{
		{"scale all 4", "scale order-service,payment-service,user-service 2 --except user-service=3", platform()},
		{"scale all 2", "scale user-service 3", platform()},
		{"scale user,order 4", "scale order-service,user-service 2 --except user-service=3", platform()},
		{"scale user,user-service,payment 2 --except user=7", "scale user-service 3", platform()},
		{"scale all 9", "", many}, // more than a person could type: no undo is offered
	} {
		call, _ := newCall(t, scalingOperations(testPlatform()), c.line, c.objects...)
		plan, err := call.Operation.Plan(t.Context(), call)
		require.NoError(t, err)
		require.Equal(t, c.undo, call.Operation.Undo(call, plan), c.line)
	}
}

func TestAScaleThatStopsHalfwayOffersToUndoItsHalf(t *testing.T) {
	call, client := newCall(t, scalingOperations(testPlatform()), "scale all 4", platform()...)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	client.PrependReactor("patch", "deployments", func(action clienttesting.Action) (bool, runtime.Object, error) {
		refuse := action.(clienttesting.PatchAction).GetName() == "user-service"
		return refuse, nil, apierrors.NewForbidden(appsv1.Resource("deployments"), "user-service", errors.New("quota"))
	})
	_, err = call.Operation.Run(t.Context(), call, plan, &recordedProgress{})
	require.Equal(t, "k8sops.error.halfway", messageID(t, err))
	e, _ := asError(err)
	require.Equal(t, "scale order-service,payment-service 2", e.Undo)
}

func TestScalePlans(t *testing.T) {
	for _, c := range []struct {
		name, line string
		objects    []runtime.Object
		danger     Danger
	}{
		{"scale-one", "scale user 5", nil, Change},
		{"scale-below-minimum", "scale user 1", nil, Disruptive},
		{"scale-to-zero", "scale user 0", nil, Disruptive},
		{"scale-protected", "scale postgres 2", nil, Destructive},
		{"scale-with-autoscaler", "scale user 5", []runtime.Object{autoscaler("user-service", 2, 10)}, Change},
		{"scale-above-autoscaler", "scale user 50", []runtime.Object{autoscaler("user-service", 2, 10)}, Change},
		{"scale-nothing", "scale user 3", nil, Change},
		{"scale-all", "scale all 4", nil, Change},
	} {
		t.Run(c.name, func(t *testing.T) {
			call, client := newCall(t, scalingOperations(testPlatform()), c.line, append(platform(), c.objects...)...)
			plan, err := call.Operation.Plan(t.Context(), call)
			require.NoError(t, err)
			require.Equal(t, c.danger, plan.Danger)
			require.Equal(t, c.name == "scale-nothing", plan.NoOp)
			require.Equal(t, 3, replicasIn(t, call, "user-service"), "a plan changes nothing")
			_ = client
			golden(t, c.name, func(p *messages.Printer) string { return showPlan(p, plan) })
		})
	}
}

func TestScaleBelowTheAutoscalersMinimumIsRefusedByName(t *testing.T) {
	call, _ := newCall(t, scalingOperations(testPlatform()), "scale user 1", append(platform(), autoscaler("user-service", 2, 10))...)
	_, err := call.Operation.Plan(t.Context(), call)
	require.Equal(t, "k8sops.scale.hpa_minimum", messageID(t, err))
	e, _ := asError(err)
	require.Equal(t, "user-service-hpa", e.Message.Args["hpa"].S)
	require.Equal(t, CodeInvalid, e.Code)
}

func TestAChangeOfStatusAloneStopsNothing(t *testing.T) {
	call, client := newCall(t, scalingOperations(testPlatform()), "scale user 5", platform()...)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	restless := deployment("user-service", 3)
	restless.ResourceVersion, restless.Status.ReadyReplicas = "8", 1
	restless.Annotations["deployment.kubernetes.io/revision"] = "3"
	require.NoError(t, client.Tracker().Update(appsv1.SchemeGroupVersion.WithResource("deployments"), restless, testNamespace))
	require.NoError(t, CheckTargets(t.Context(), call, plan))
	_, err = call.Operation.Run(t.Context(), call, plan, &recordedProgress{})
	require.NoError(t, err)
}

func TestVerifyTellsAnOverriddenScale(t *testing.T) {
	catalogue, err := messages.Load()
	require.NoError(t, err)
	for _, c := range []struct {
		objects []runtime.Object
		says    string
	}{
		{platform(), "user-service was set to 10 replicas by something else, not 5"},
		{append(platform(), autoscaler("order-service", 2, 10)), "user-service was set to 10 replicas by something else, not 5"},
		{append(platform(), autoscaler("user-service", 2, 10)),
			"user-service was set to 10 replicas by something else, not 5; HorizontalPodAutoscaler user-service-hpa (2–10) scales it"},
	} {
		call, client := newCall(t, scalingOperations(testPlatform()), "scale user 5", c.objects...)
		plan, err := call.Operation.Plan(t.Context(), call)
		require.NoError(t, err)
		_, err = call.Operation.Run(t.Context(), call, plan, &recordedProgress{})
		require.NoError(t, err)
		require.NoError(t, client.Tracker().Update(appsv1.SchemeGroupVersion.WithResource("deployments"), deployment("user-service", 10), testNamespace))
		proof, err := call.Operation.Verify(t.Context(), call, plan, &recordedProgress{})
		require.NoError(t, err)
		require.False(t, proof.OK)
		require.Equal(t, c.says, catalogue.Printer("en", messages.Plain()).Text(proof.Summary))
	}
}
