package inspect

import (
	"testing"

	"github.com/stretchr/testify/require"
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

func resources(cpu, memory string) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse(memory)}
}

func measured() *metricsfake.Clientset {
	metrics := metricsfake.NewSimpleClientset()
	metrics.PrependReactor("list", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		pod := func(name, cpu, memory string) metricsv1beta1.PodMetrics {
			return metricsv1beta1.PodMetrics{ObjectMeta: metav1.ObjectMeta{Name: name},
				Containers: []metricsv1beta1.ContainerMetrics{{Usage: resources(cpu, memory)}}}
		}
		return true, &metricsv1beta1.PodMetricsList{Items: []metricsv1beta1.PodMetrics{
			pod("user", "80m", "64Mi"), pod("order", "20m", "230Mi"), pod("gone", "1m", "1Mi"),
		}}, nil
	})
	metrics.PrependReactor("list", "nodes", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, &metricsv1beta1.NodeMetricsList{Items: []metricsv1beta1.NodeMetrics{
			{ObjectMeta: metav1.ObjectMeta{Name: "node-1"}, Usage: resources("3", "2Gi")},
		}}, nil
	})
	return metrics
}

func TestTopComparesWithRequestsAndLimits(t *testing.T) {
	pod := func(name string, requests, limits corev1.ResourceList) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: optest.TestNamespace}, Spec: corev1.PodSpec{
			Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: requests, Limits: limits}}},
		}}
	}
	big := node("node-1", corev1.ConditionTrue)
	big.Status.Allocatable = resources("4", "8Gi")
	objects := []runtime.Object{pod("user", resources("50m", "64Mi"), resources("100m", "128Mi")), pod("order", resources("50m", "256Mi"), nil), big}
	for name, line := range map[string]string{"top-pods": "top pods", "top-pods-memory": "top pods --sort memory", "top-nodes": "top nodes"} {
		t.Run(name, func(t *testing.T) {
			call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), line, objects...)
			call.Client.Metrics = measured()
			result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
			require.NoError(t, err)
			optest.Golden(t, name, func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
		})
	}
}

func TestTheTableOfTopFitsAScreen(t *testing.T) {
	busy := amount{used: 1023 << 20, request: 64 << 20, limit: 1024 << 20}
	requireNarrow(t, top{optest.TestPlatform()}.table([]usage{
		{name: "product-service-6d4b75cb6d-hwxyz", cpu: amount{used: 12000, limit: 16000}, memory: busy},
		{name: "recommendation-service-6d4b75cb6d-hwxyz", cpu: amount{used: 90, request: 100}, memory: amount{used: busy.used, request: busy.limit}},
	}))
}

func TestTopWithoutMetricsAPISaysSo(t *testing.T) {
	for _, failure := range []error{
		apierrors.NewNotFound(schema.GroupResource{Group: "metrics.k8s.io", Resource: "pods"}, ""),
		apierrors.NewServiceUnavailable("no metrics-server"),
	} {
		call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), "top pods")
		metrics := metricsfake.NewSimpleClientset()
		metrics.PrependReactor("list", "pods", func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, failure })
		call.Client.Metrics = metrics
		_, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
		require.Equal(t, "k8sops.metrics.missing", optest.MessageID(t, err))
		require.Equal(t, k8sops.CodeUnavailable, k8sops.CodeOf(err))
	}
}

func TestStatus(t *testing.T) {
	for name, line := range map[string]string{"status": "status", "status-service": "status user"} {
		t.Run(name, func(t *testing.T) {
			stuck := optest.Deployment("order-service", 2)
			stuck.Status.AvailableReplicas = 0
			scaled := optest.Deployment("user-service", 3)
			changed := metav1.NewTime(optest.TestNow().Add(-5 * 60e9))
			scaled.Annotations["kubernetes.io/change-cause"] = "deploy user :1.1 by lisi@company.com via opsbot at …"
			scaled.ManagedFields = []metav1.ManagedFieldsEntry{
				{Manager: "opsbot/lisi@company.com", Time: &changed}, {Manager: "opsbot/zhaoliu@company.com", Subresource: "scale"},
				{Manager: "kube-controller-manager", Subresource: "status", Time: &changed},
			}
			call, kube := optest.NewCall(t, Operations(optest.TestPlatform()), line, append(service("user-service", true, true, false), stuck, optest.Autoscaler("user-service", 2, 10))...)
			require.NoError(t, kube.Tracker().Add(scaled))
			result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
			require.NoError(t, err)
			optest.Golden(t, name, func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
		})
	}
}
