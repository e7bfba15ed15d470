package testcluster

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// RestartWithPod restarts the real PostgreSQL whenever the platform's pod of it is replaced, as a container would, until ctx ends.
func (c *Cluster) RestartWithPod(ctx context.Context, namespace string, database *Postgres) error {
	running, err := c.postgresPod(ctx, namespace)
	if err != nil {
		return err
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now, err := c.postgresPod(ctx, namespace)
		if err != nil || now == "" || now == running {
			continue // between two pods, or the API server is away
		}
		running = now
		database.stop()
		if err := database.Restart(ctx); err != nil && ctx.Err() == nil {
			return fmt.Errorf("restart PostgreSQL with its pod: %w", err)
		}
	}
}

// postgresPod is the UID of the pod that is to stay, "" where there is none.
func (c *Cluster) postgresPod(ctx context.Context, namespace string) (types.UID, error) {
	pods, err := c.client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: "app=postgres"})
	if err != nil {
		return "", fmt.Errorf("find the pod of PostgreSQL: %w", err)
	}
	for _, pod := range pods.Items {
		if pod.DeletionTimestamp == nil {
			return pod.UID, nil
		}
	}
	return "", nil
}
