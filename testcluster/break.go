package testcluster

import (
	"context"
	"encoding/json"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// CrashLoop makes all pods of a deployment, present and future, crash and be restarted until Fix.
func (c *Cluster) CrashLoop(ctx context.Context, namespace, deployment string) error {
	return c.setFault(ctx, namespace, deployment, faultCrash)
}

// Unready makes all pods of a deployment, present and future, fail their readiness probe until Fix.
func (c *Cluster) Unready(ctx context.Context, namespace, deployment string) error {
	return c.setFault(ctx, namespace, deployment, faultUnready)
}

// BadImage deploys an image that cannot be pulled, so that the rollout hangs; Fix or a rollback ends it.
func (c *Cluster) BadImage(ctx context.Context, namespace, deployment string) error {
	before, err := c.image(ctx, namespace, deployment)
	if err != nil {
		return err
	}
	key := types.NamespacedName{Namespace: namespace, Name: deployment}
	if err := c.caretaker.change(ctx, key, func(t *trouble) { t.goodImage = before }); err != nil {
		return err
	}
	return c.Deploy(ctx, namespace, deployment, deployment+":bad")
}

// Load makes a deployment as busy as cpuPercent of its present pods' CPU requests. The work stays the same when the
// number of pods changes, and is divided among them.
func (c *Cluster) Load(ctx context.Context, namespace, deployment string, cpuPercent int) error {
	live, err := c.client.AppsV1().Deployments(namespace).Get(ctx, deployment, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("load deployment %s/%s: %w", namespace, deployment, err)
	}
	request := live.Spec.Template.Spec.Containers[0].Resources.Requests.Cpu().MilliValue()
	work := request * int64(cpuPercent) / 100 * int64(live.Status.Replicas)
	key := types.NamespacedName{Namespace: namespace, Name: deployment}
	return c.caretaker.change(ctx, key, func(t *trouble) { t.cpuMilli = work })
}

// Fix ends whatever the other helpers did to a deployment.
func (c *Cluster) Fix(ctx context.Context, namespace, deployment string) error {
	key := types.NamespacedName{Namespace: namespace, Name: deployment}
	var goodImage string
	err := c.caretaker.change(ctx, key, func(t *trouble) {
		goodImage = t.goodImage
		*t = trouble{}
	})
	if err != nil || goodImage == "" {
		return err
	}
	return c.Deploy(ctx, namespace, deployment, goodImage)
}

// Deploy sets the image of a deployment's first container; it does not wait for the rollout.
func (c *Cluster) Deploy(ctx context.Context, namespace, deployment, image string) error {
	live, err := c.client.AppsV1().Deployments(namespace).Get(ctx, deployment, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("deploy %s to %s/%s: %w", image, namespace, deployment, err)
	}
	container := map[string]any{"name": live.Spec.Template.Spec.Containers[0].Name, "image": image}
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"template": map[string]any{
		"spec": map[string]any{"containers": []any{container}},
	}}})
	if err != nil {
		return err
	}
	_, err = c.client.AppsV1().Deployments(namespace).
		Patch(ctx, deployment, types.StrategicMergePatchType, patch, metav1.PatchOptions{FieldManager: "deploy.sh"})
	if err != nil {
		return fmt.Errorf("deploy %s to %s/%s: %w", image, namespace, deployment, err)
	}
	return nil
}

func (c *Cluster) image(ctx context.Context, namespace, deployment string) (string, error) {
	live, err := c.client.AppsV1().Deployments(namespace).Get(ctx, deployment, metav1.GetOptions{})
	if err != nil {
		return "", fmt.Errorf("read image of %s/%s: %w", namespace, deployment, err)
	}
	return live.Spec.Template.Spec.Containers[0].Image, nil
}

func (c *Cluster) setFault(ctx context.Context, namespace, deployment, fault string) error {
	key := types.NamespacedName{Namespace: namespace, Name: deployment}
	return c.caretaker.change(ctx, key, func(t *trouble) { t.fault = fault })
}
