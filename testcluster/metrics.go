package testcluster

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metrics "k8s.io/metrics/pkg/client/clientset/versioned"
)

// AwaitMetrics waits until the metrics API knows every running pod of a namespace. It takes up to 25 s for new pods,
// because usage is the difference of two samples.
func (c *Cluster) AwaitMetrics(ctx context.Context, namespace string, timeout time.Duration) error {
	client, err := metrics.NewForConfig(c.admin)
	if err != nil {
		return fmt.Errorf("create metrics client: %w", err)
	}
	known, want := 0, 0
	err = poll(ctx, timeout, func(ctx context.Context) (bool, error) {
		pods, err := c.client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{
			FieldSelector: "status.phase=" + string(corev1.PodRunning),
		})
		if err != nil {
			return false, nil
		}
		usage, err := client.MetricsV1beta1().PodMetricses(namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return false, nil
		}
		known, want = len(usage.Items), len(pods.Items)
		return want > 0 && known >= want, nil
	})
	if err != nil {
		return fmt.Errorf("wait for metrics of namespace %s (%d of %d pods known): %w", namespace, known, want, err)
	}
	return nil
}
