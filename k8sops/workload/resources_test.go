package workload

import (
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clienttesting "k8s.io/client-go/testing"
	metricsv1beta1 "k8s.io/metrics/pkg/apis/metrics/v1beta1"
	metricsfake "k8s.io/metrics/pkg/client/clientset/versioned/fake"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/messages"
)

func amounts(cpu, memory string) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse(memory)}
}

func bounded() corev1.ResourceRequirements {
	return corev1.ResourceRequirements{Requests: amounts("100m", "128Mi"), Limits: amounts("200m", "256Mi")}
}

// tight is user-service with one pod, whose container was killed for want of memory, on one node.
func tight() []runtime.Object {
	d := optest.Deployment("user-service", 1, func(d *appsv1.Deployment) { d.Spec.Template.Spec.Containers[0].Resources = bounded() })
	pod := optest.ReadyPod("user-service")
	pod.Spec.Containers = []corev1.Container{{Name: d.Spec.Template.Spec.Containers[0].Name, Resources: bounded()}}
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: pod.Spec.Containers[0].Name, RestartCount: 3, LastTerminationState: corev1.ContainerState{
		Terminated: &corev1.ContainerStateTerminated{Reason: "OOMKilled", ExitCode: 137}}}}
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1"}, Status: corev1.NodeStatus{Allocatable: amounts("4", "8Gi")}}
	return []runtime.Object{d, optest.ReplicaSet(d, "2", d.Spec.Template.Spec.Containers[0].Image, ""), pod, node}
}

// uses has figures of the pod; without any there is no metrics API.
func uses(call *k8sops.Call, figures ...string) {
	metrics := metricsfake.NewSimpleClientset()
	metrics.PrependReactor("list", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		if len(figures) == 0 {
			return true, nil, apierrors.NewNotFound(schema.GroupResource{Group: "metrics.k8s.io", Resource: "pods"}, "")
		}
		pod := optest.ReadyPod("user-service")
		return true, &metricsv1beta1.PodMetricsList{Items: []metricsv1beta1.PodMetrics{{ObjectMeta: metav1.ObjectMeta{Name: pod.Name, Labels: pod.Labels},
			Containers: []metricsv1beta1.ContainerMetrics{{Name: "user-service", Usage: amounts(figures[0], figures[1])}}}}}, nil
	})
	call.Client.Metrics = metrics
}

func TestResourcesBesideWhatIsUsed(t *testing.T) {
	for name, figures := range map[string][]string{"resources": {"190m", "100Mi"}, "resources-enough": {"50m", "64Mi"}, "resources-unmeasured": nil} {
		t.Run(name, func(t *testing.T) {
			objects := tight()
			if name == "resources-enough" {
				objects[2].(*corev1.Pod).Status.ContainerStatuses = nil
			}
			call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), "resources user", objects...)
			uses(call, figures...)
			result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
			require.NoError(t, err)
			optest.Golden(t, name, func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
			if name != "resources" {
				require.Empty(t, result.Suggest)
				return
			}
			require.Equal(t, []string{"resources set user-service --container user-service --cpu 230m/290m --memory 128Mi/384Mi"}, result.Suggest)
		})
	}
}

// A suggestion is never below what is used, nor below a limit that was not enough, nor below what is set.
func TestSuggestionsOnlyRaise(t *testing.T) {
	r := resources{optest.TestPlatform()}
	const mi = 1 << 20
	for used := int64(1); used < 600; used += 7 {
		set, use := bounds{128 * mi, 256 * mi}, containerUse{memory: used * mi, killedLimit: 256 * mi}
		b := r.suggest(corev1.ResourceMemory, set, use)
		require.NotNil(t, b)
		require.GreaterOrEqual(t, b.request, max(set.request, min(use.memory, b.limit)))
		require.Greater(t, b.limit, max(use.memory, use.killedLimit))
	}
	require.Nil(t, r.suggest(corev1.ResourceCPU, bounds{100, 200}, containerUse{}), "nothing is known")
	require.Equal(t, &bounds{request: 120}, r.suggest(corev1.ResourceCPU, bounds{}, containerUse{cpu: 100}), "no limit is invented")
}

func TestResourcesAreSet(t *testing.T) {
	for line, want := range map[string]corev1.ResourceRequirements{
		"resources user --cpu 200m/500m --memory 256Mi/512Mi":     {Requests: amounts("200m", "256Mi"), Limits: amounts("500m", "512Mi")},
		"resources user --memory /512Mi --container user-service": {Requests: amounts("100m", "128Mi"), Limits: amounts("200m", "512Mi")},
		"resources set user --cpu 150m/":                          {Requests: amounts("150m", "128Mi"), Limits: amounts("200m", "256Mi")},
		"resources user --cpu /none": {Requests: amounts("100m", "128Mi"),
			Limits: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("256Mi")}},
	} {
		call, client := optest.NewCall(t, Operations(optest.TestPlatform()), line, tight()...)
		uses(call, "50m", "64Mi")
		plan, err := call.Operation.Plan(t.Context(), call)
		require.NoError(t, err, line)
		require.Equal(t, k8sops.Disruptive, plan.Danger)
		require.NotEmpty(t, plan.Changes)
		require.Contains(t, plan.Diff, "resources.")
		require.NoError(t, optest.Do(t.Context(), call, plan))
		d, err := client.AppsV1().Deployments(optest.TestNamespace).Get(t.Context(), "user-service", metav1.GetOptions{})
		require.NoError(t, err)
		got := d.Spec.Template.Spec.Containers[0].Resources
		require.True(t, equalAmounts(want.Requests, got.Requests) && equalAmounts(want.Limits, got.Limits), "%s: %v", line, got)
		require.Equal(t, "rollback user-service 2", optest.UndoLine(t, call, plan, Operations(optest.TestPlatform())...))
	}
}

func equalAmounts(a, b corev1.ResourceList) bool {
	for name, q := range a {
		if !q.Equal(b[name]) {
			return false
		}
	}
	return len(a) == len(b)
}

func TestThePlanOfResources(t *testing.T) {
	percent := int32(70)
	hpa := optest.Autoscaler("user-service", 2, 8)
	hpa.Spec.Metrics = []autoscalingv2.MetricSpec{{Type: autoscalingv2.ResourceMetricSourceType, Resource: &autoscalingv2.ResourceMetricSource{
		Name: corev1.ResourceCPU, Target: autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: &percent}}}}
	call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), "resources user --cpu 150m/ --memory /200Mi", append(tight(), hpa)...)
	uses(call)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	optest.Golden(t, "resources-set", func(p *messages.Printer) string { return optest.ShowPlan(p, plan) })

	call, _ = optest.NewCall(t, Operations(optest.TestPlatform()), "resources user --cpu 0.1/200m", tight()...)
	uses(call, "50m", "64Mi")
	plan, err = call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.True(t, plan.NoOp)
}

func TestResourcesThatCouldNotWorkAreRefused(t *testing.T) {
	for line, want := range map[string]string{
		"resources set user":                           "k8sops.resources_set.what",
		"resources user --cpu 200m":                    "k8sops.resources_set.which",
		"resources user --cpu /":                       "k8sops.resources_set.which",
		"resources user --memory 256m/512m":            "k8sops.resources_set.impossible",
		"resources user --memory 256/512":              "k8sops.resources_set.impossible",
		"resources user --cpu 500Mi/1Gi":               "k8sops.resources_set.impossible",
		"resources user --cpu -1/2":                    "k8sops.resources_set.impossible",
		"resources user --cpu 0/2":                     "k8sops.resources_set.impossible",
		"resources user --cpu none/2":                  "k8sops.resources_set.impossible",
		"resources user --cpu 1/2/3":                   "k8sops.resources_set.impossible",
		"resources user --cpu lots/more":               "k8sops.resources_set.impossible",
		"resources user --cpu 500m/300m":               "k8sops.resources_set.below_request",
		"resources user --cpu 300m/":                   "k8sops.resources_set.below_request",
		"resources user --memory 64Mi/96Mi":            "k8sops.resources_set.below_use",
		"resources user --cpu 10m/20m":                 "k8sops.resources_set.below_use",
		"resources user --cpu 5/6":                     "k8sops.resources_set.no_node",
		"resources user --memory /9Gi":                 "k8sops.resources_set.no_node",
		"resources user --cpu 1/2 --container sidecar": "k8sops.deploy.no_container",
		"resources nightly --cpu 1/2":                  "k8sops.resolve.wrong_kind",
		"resources nobody --cpu 1/2":                   "k8sops.resolve.unknown",
	} {
		call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), line, append(tight(), optest.CronJob("nightly"))...)
		uses(call, "50m", "100Mi")
		_, err := call.Operation.Plan(t.Context(), call)
		require.Error(t, err, line)
		require.Equal(t, want, optest.MessageID(t, err), line)
	}
}
