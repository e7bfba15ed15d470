package testcluster

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const settleTimeout = 30 * time.Second

func TestRolloutToABadImageHangsAndUndoWorks(t *testing.T) {
	c, namespace := platformIn(t, nil)
	require.NoError(t, c.Deploy(t.Context(), namespace, "user-service", "user-service:1.1"))
	require.NoError(t, c.AwaitAvailable(t.Context(), namespace, settleTimeout))

	require.NoError(t, c.BadImage(t.Context(), namespace, "user-service"))
	eventually(t, settleTimeout, "a pod cannot pull its image", func() bool {
		return slices.Contains(waitingReasons(t, c, namespace, "user-service"), "ImagePullBackOff")
	})
	require.Error(t, c.AwaitAvailable(t.Context(), namespace, time.Second), "the rollout must hang")
	require.EqualValues(t, 2, availableReplicas(t, c, namespace, "user-service"), "the old pods keep serving")

	require.NoError(t, c.Fix(t.Context(), namespace, "user-service"))
	require.NoError(t, c.AwaitAvailable(t.Context(), namespace, settleTimeout))
	image, err := c.image(t.Context(), namespace, "user-service")
	require.NoError(t, err)
	require.Equal(t, "user-service:1.1", image)
}

func TestCrashLoopLastsUntilFixed(t *testing.T) {
	c, namespace := platformIn(t, nil)
	require.NoError(t, c.CrashLoop(t.Context(), namespace, "order-service"))
	eventually(t, settleTimeout, "every pod has crashed three times", func() bool {
		return !slices.ContainsFunc(podsOf(t, c, namespace, "order-service"), func(pod corev1.Pod) bool {
			return restarts(&pod) < 3
		})
	})
	eventually(t, settleTimeout, "pods wait in CrashLoopBackOff", func() bool {
		return slices.Contains(waitingReasons(t, c, namespace, "order-service"), "CrashLoopBackOff")
	})
	pod := podsOf(t, c, namespace, "order-service")[0]
	eventually(t, settleTimeout, "the previous container's log tells why it died", func() bool {
		content, err := c.Client().CoreV1().Pods(namespace).
			GetLogs(pod.Name, &corev1.PodLogOptions{Previous: true}).DoRaw(t.Context())
		return err == nil && strings.Contains(string(content), "FATAL")
	})

	// New pods are no better: the cause is not in the pod.
	require.NoError(t, c.Client().CoreV1().Pods(namespace).Delete(t.Context(), pod.Name, metav1.DeleteOptions{}))
	eventually(t, settleTimeout, "the new pod crashes too", func() bool {
		pods := podsOf(t, c, namespace, "order-service")
		return len(pods) == 2 && !slices.ContainsFunc(pods, func(p corev1.Pod) bool {
			return p.Name == pod.Name || restarts(&p) == 0
		})
	})

	require.NoError(t, c.Fix(t.Context(), namespace, "order-service"))
	require.NoError(t, c.AwaitAvailable(t.Context(), namespace, settleTimeout))
}

func TestUnreadyPodsRunButDoNotServe(t *testing.T) {
	c, namespace := platformIn(t, nil)
	require.NoError(t, c.Unready(t.Context(), namespace, "payment-service"))
	eventually(t, settleTimeout, "no pod is available", func() bool {
		return availableReplicas(t, c, namespace, "payment-service") == 0
	})
	for _, pod := range podsOf(t, c, namespace, "payment-service") {
		require.Equal(t, corev1.PodRunning, pod.Status.Phase)
	}
	require.NoError(t, c.Fix(t.Context(), namespace, "payment-service"))
	require.NoError(t, c.AwaitAvailable(t.Context(), namespace, settleTimeout))
}

func TestAutoscalerActsOnLoad(t *testing.T) {
	c, namespace := platformIn(t, nil)
	require.NoError(t, c.AwaitMetrics(t.Context(), namespace, 2*time.Minute))
	require.NoError(t, c.Load(t.Context(), namespace, "product-service", 150))

	var hpa *autoscalingv2.HorizontalPodAutoscaler
	eventually(t, 2*time.Minute, "the autoscaler adds pods", func() bool {
		var err error
		hpa, err = c.Client().AutoscalingV2().HorizontalPodAutoscalers(namespace).
			Get(t.Context(), "product-service-hpa", metav1.GetOptions{})
		return err == nil && hpa.Status.CurrentReplicas >= 4
	})
	require.NoError(t, c.AwaitAvailable(t.Context(), namespace, settleTimeout))
}
