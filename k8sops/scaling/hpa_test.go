package scaling

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// requesting is user-service with requests for CPU, which a target needs.
func requesting() *appsv1.Deployment {
	return optest.Deployment("user-service", 3, func(d *appsv1.Deployment) {
		d.Spec.Template.Spec.Containers[0].Resources.Requests = corev1.ResourceList{
			corev1.ResourceCPU: resource.MustParse("100m"), corev1.ResourceMemory: resource.MustParse("128Mi"),
		}
	})
}

// scaledBy is an autoscaler of user-service that reads its metric.
func scaledBy(least, most, cpu int32, change ...func(*autoscalingv2.HorizontalPodAutoscaler)) *autoscalingv2.HorizontalPodAutoscaler {
	a := optest.Autoscaler("user-service", least, most)
	a = hpaLimits{Min: least, Max: most, CPU: cpu}.applied(a, kube.WorkloadOf(requesting()))
	a.UID, a.ResourceVersion = "hpa-1", "5"
	a.Status.CurrentReplicas, a.Status.DesiredReplicas = 3, 3
	a.Status.Conditions = []autoscalingv2.HorizontalPodAutoscalerCondition{
		{Type: autoscalingv2.AbleToScale, Status: corev1.ConditionTrue, Reason: "ReadyForNewScale"},
		{Type: autoscalingv2.ScalingActive, Status: corev1.ConditionTrue, Reason: "ValidMetricFound"},
	}
	now := int32(50)
	a.Status.CurrentMetrics = []autoscalingv2.MetricStatus{{Type: autoscalingv2.ResourceMetricSourceType, Resource: &autoscalingv2.ResourceMetricStatus{
		Name: corev1.ResourceCPU, Current: autoscalingv2.MetricValueStatus{AverageUtilization: &now},
	}}}
	for _, f := range change {
		f(a)
	}
	return a
}

func condition(kind autoscalingv2.HorizontalPodAutoscalerConditionType, status corev1.ConditionStatus, reason string) func(*autoscalingv2.HorizontalPodAutoscaler) {
	return func(a *autoscalingv2.HorizontalPodAutoscaler) {
		for i := range a.Status.Conditions {
			if a.Status.Conditions[i].Type == kind {
				a.Status.Conditions[i].Status, a.Status.Conditions[i].Reason = status, reason
				return
			}
		}
		a.Status.Conditions = append(a.Status.Conditions, autoscalingv2.HorizontalPodAutoscalerCondition{Type: kind, Status: status, Reason: reason})
	}
}

func TestOneSentenceSaysWhyAnAutoscalerDoesNotScale(t *testing.T) {
	for want, change := range map[string]func(*autoscalingv2.HorizontalPodAutoscaler){
		"k8sops.hpa.state.content":    func(*autoscalingv2.HorizontalPodAutoscaler) {},
		"k8sops.hpa.state.at_minimum": condition(autoscalingv2.ScalingLimited, corev1.ConditionTrue, "TooFewReplicas"),
		"k8sops.hpa.state.at_maximum": condition(autoscalingv2.ScalingLimited, corev1.ConditionTrue, "TooManyReplicas"),
		"k8sops.hpa.state.blind":      condition(autoscalingv2.ScalingActive, corev1.ConditionFalse, "FailedGetResourceMetric"),
		"k8sops.hpa.state.unable":     condition(autoscalingv2.AbleToScale, corev1.ConditionFalse, "FailedGetScale"),
		"k8sops.hpa.state.paused":     condition(autoscalingv2.ScalingActive, corev1.ConditionFalse, "ScalingDisabled"),
		"k8sops.hpa.state.stabilised": condition(autoscalingv2.AbleToScale, corev1.ConditionTrue, "ScaleDownStabilized"),
		"k8sops.hpa.state.scaling":    func(a *autoscalingv2.HorizontalPodAutoscaler) { a.Status.DesiredReplicas = 5 },
		"k8sops.hpa.state.new":        func(a *autoscalingv2.HorizontalPodAutoscaler) { a.Status.Conditions = nil },
	} {
		state, _ := stateOf(scaledBy(2, 10, 70, change), optest.TestNow())
		require.Equal(t, want, state.ID)
	}
	require.Equal(t, "cpu 50 %/70 %", metricsOf(scaledBy(2, 10, 70)))
}

// planned plans a line and takes its steps.
func planned(t *testing.T, line string, objects ...runtime.Object) (*k8sops.Call, *k8sops.Plan) {
	t.Helper()
	call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), line, objects...)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	if !plan.NoOp {
		require.NoError(t, optest.Do(t.Context(), call, plan))
	}
	return call, plan
}

func autoscalerIn(t *testing.T, call *k8sops.Call) *autoscalingv2.HorizontalPodAutoscaler {
	t.Helper()
	a, err := call.Client.Kubernetes.AutoscalingV2().HorizontalPodAutoscalers(optest.TestNamespace).Get(t.Context(), "user-service-hpa", metav1.GetOptions{})
	require.NoError(t, err)
	return a
}

func TestAnAutoscalerIsMade(t *testing.T) {
	call, plan := planned(t, "hpa user --min 2 --max 10 --cpu 70", requesting())
	require.Equal(t, "hpa set", call.Operation.Name)
	require.Equal(t, k8sops.Change, plan.Danger)
	a := autoscalerIn(t, call)
	require.Equal(t, hpaLimits{Min: 2, Max: 10, CPU: 70}, limitsOf(a))
	require.Equal(t, autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "user-service"}, a.Spec.ScaleTargetRef)
	require.Equal(t, "hpa off user-service", optest.UndoLine(t, call, plan, Operations(optest.TestPlatform())...))
}

// What is not named stays, other metrics and behaviour included, and the undo names what was.
func TestAnAutoscalerIsTuned(t *testing.T) {
	window := int32(60)
	tuned := scaledBy(2, 10, 70, func(a *autoscalingv2.HorizontalPodAutoscaler) {
		a.Spec.Behavior = &autoscalingv2.HorizontalPodAutoscalerBehavior{ScaleDown: &autoscalingv2.HPAScalingRules{StabilizationWindowSeconds: &window}}
	})
	call, plan := planned(t, "hpa user --cpu 60% --memory 80", requesting(), tuned)
	a := autoscalerIn(t, call)
	require.Equal(t, hpaLimits{Min: 2, Max: 10, CPU: 60, Memory: 80}, limitsOf(a))
	require.NotNil(t, a.Spec.Behavior)
	require.Equal(t, "hpa set user-service --min 2 --max 10 --cpu 70 --memory none", optest.UndoLine(t, call, plan, Operations(optest.TestPlatform())...))

	_, plan = planned(t, "hpa user --cpu 70", requesting(), scaledBy(2, 10, 70))
	require.True(t, plan.NoOp)
	_, plan = planned(t, "hpa user --max 2", requesting(), scaledBy(2, 10, 70))
	require.Equal(t, k8sops.Disruptive, plan.Danger, "three replicas run")
}

func TestAnAutoscalerIsTakenAway(t *testing.T) {
	call, plan := planned(t, "hpa user off", requesting(), scaledBy(3, 10, 70))
	require.True(t, gone(t.Context(), call, "user-service-hpa"))
	require.Equal(t, "hpa set user-service --min 3 --max 10 --cpu 70 --memory none", optest.UndoLine(t, call, plan, Operations(optest.TestPlatform())...))

	external := scaledBy(3, 10, 70, func(a *autoscalingv2.HorizontalPodAutoscaler) {
		a.Spec.Metrics = append(a.Spec.Metrics, autoscalingv2.MetricSpec{Type: autoscalingv2.ExternalMetricSourceType, External: &autoscalingv2.ExternalMetricSource{}})
	})
	call, plan = planned(t, "hpa user off", requesting(), external)
	require.Equal(t, k8sops.Disruptive, plan.Danger, "it cannot be made again")
	require.Empty(t, optest.UndoLine(t, call, plan, Operations(optest.TestPlatform())...))
}

func TestAutoscalersThatCouldNotWorkAreRefused(t *testing.T) {
	controller := true
	owned := scaledBy(2, 10, 70, func(a *autoscalingv2.HorizontalPodAutoscaler) {
		a.OwnerReferences = []metav1.OwnerReference{{APIVersion: "keda.sh/v1alpha1", Kind: "ScaledObject", Name: "user", Controller: &controller}}
	})
	for line, c := range map[string]struct {
		objects []runtime.Object
		want    string
	}{
		"hpa user --min 5 --max 3": {[]runtime.Object{requesting()}, "k8sops.hpa_set.min_above_max"},
		"hpa user --cpu high":      {[]runtime.Object{requesting()}, "k8sops.hpa_set.bad_percentage"},
		"hpa user --cpu 70":        {[]runtime.Object{optest.Deployment("user-service", 3)}, "k8sops.hpa_set.no_request"},
		"hpa user --max 4":         {[]runtime.Object{requesting(), owned}, "k8sops.hpa_set.owned"},
		"hpa agent --max 4":        {[]runtime.Object{optest.DaemonSet("agent", 2)}, "k8sops.resolve.wrong_kind"},
	} {
		call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), line, c.objects...)
		_, err := call.Operation.Plan(t.Context(), call)
		require.Equal(t, c.want, optest.MessageID(t, err), line)
	}
}

func TestVerifyProvesThatTheAutoscalerReadsItsMetric(t *testing.T) {
	p, now := optest.TestPlatform(), optest.TestNow()
	p.Now = func() time.Time { now = now.Add(20 * time.Second); return now }
	verified := func(change func(*autoscalingv2.HorizontalPodAutoscaler)) *k8sops.Verification {
		call, _ := optest.NewCall(t, Operations(p), "hpa user --max 10", requesting(), scaledBy(2, 10, 70, change))
		v, err := hpa{p}.awaitActive(t.Context(), call, "user-service-hpa", "user-service", hpaLimits{Min: 2, Max: 10, CPU: 70}, &optest.RecordedProgress{})
		require.NoError(t, err)
		return v
	}
	require.True(t, verified(func(*autoscalingv2.HorizontalPodAutoscaler) {}).OK)
	blind := verified(condition(autoscalingv2.ScalingActive, corev1.ConditionFalse, "FailedGetResourceMetric"))
	require.False(t, blind.OK)
	require.Equal(t, "k8sops.hpa.state.blind", blind.Summary.ID)
	require.Equal(t, "k8sops.hpa_set.overridden", verified(func(a *autoscalingv2.HorizontalPodAutoscaler) { a.Spec.MaxReplicas = 4 }).Summary.ID)
}

// An autoscaler that works is no use while the replicas that it asks for cannot come.
func TestVerifyWaitsForTheMinimum(t *testing.T) {
	verified := func(change func(*appsv1.Deployment)) *k8sops.Verification {
		p, now := optest.TestPlatform(), optest.TestNow()
		p.Now = func() time.Time { now = now.Add(5 * time.Second); return now }
		d := requesting()
		d.Status.Conditions = nil
		change(d)
		a := scaledBy(3, 10, 70)
		call, _ := optest.NewCall(t, Operations(p), "hpa user --max 10", d, a)
		r := &hpaRun{Call: call, Progress: &optest.RecordedProgress{}, State: &hpaState{Workload: "user-service", Name: a.Name, After: limitsOf(a), Target: a.Spec.ScaleTargetRef}}
		v, err := hpaSet{hpa{p}}.verify(t.Context(), r)
		require.NoError(t, err)
		return v
	}
	replicas := func(d *appsv1.Deployment, wanted, available int32) {
		d.Spec.Replicas = &wanted
		d.Status.Replicas, d.Status.ReadyReplicas, d.Status.AvailableReplicas, d.Status.UpdatedReplicas = available, available, available, available
	}
	require.True(t, verified(func(d *appsv1.Deployment) { replicas(d, 3, 3) }).OK)
	require.True(t, verified(func(d *appsv1.Deployment) { replicas(d, 0, 0) }).OK, "scaled to zero it is left alone")
	require.Equal(t, "k8sops.hpa_set.not_grown", verified(func(d *appsv1.Deployment) { replicas(d, 2, 2) }).Summary.ID)
	full := verified(func(d *appsv1.Deployment) {
		replicas(d, 3, 2)
		d.Status.Conditions = []appsv1.DeploymentCondition{{Type: appsv1.DeploymentReplicaFailure, Status: corev1.ConditionTrue, Message: "exceeded quota: small"}}
	})
	require.False(t, full.OK)
	require.Equal(t, "k8sops.obstacle.refused", full.Summary.ID)
}
