package demo

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/messages"
	"opsbot/testcluster"
)

// scales runs a command and compares the pods that are ready then.
func (t *tour) scales(ctx context.Context, line, deployment string, want int) (messages.Text, error) {
	if _, err := t.asks(ctx, "system", line, "development"); err != nil {
		return messages.Text{}, err
	}
	ready, err := t.readyReplicas(ctx, deployment)
	if err == nil && ready != want {
		err = fmt.Errorf("%s has %d ready pods, want %d", deployment, ready, want)
	}
	return messages.New("handbook.fact.scaled", "workload", deployment, "ready", want), err
}

func (t *tour) rowScaleUp(ctx context.Context) (messages.Text, error) {
	return t.scales(ctx, "/scale user 4", "user-service", 4)
}

func (t *tour) rowScaleDown(ctx context.Context) (messages.Text, error) {
	return t.scales(ctx, "/scale user 2", "user-service", 2)
}

func (t *tour) rowAutoscaler(ctx context.Context) (messages.Text, error) {
	if _, err := t.asks(ctx, "development", "/hpa order --min 2 --max 6 --cpu 70", ""); err != nil {
		return messages.Text{}, err
	}
	list, err := t.cluster.Client().AutoscalingV2().HorizontalPodAutoscalers(testcluster.PlatformNamespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return messages.Text{}, err
	}
	for _, a := range list.Items {
		if a.Spec.ScaleTargetRef.Name == "order-service" {
			return messages.New("handbook.fact.hpa", "name", a.Name, "min", *a.Spec.MinReplicas, "max", a.Spec.MaxReplicas), nil
		}
	}
	return messages.Text{}, fmt.Errorf("order-service has no autoscaler")
}

// rowScalePlan plans for a moment that comes soon, and for a short while: it is put back by itself.
func (t *tour) rowScalePlan(ctx context.Context) (messages.Text, error) {
	before, err := t.readyReplicas(ctx, "payment-service")
	if err != nil {
		return messages.Text{}, err
	}
	at := time.Now().UTC().Add(time.Second).Truncate(time.Second).Format(time.RFC3339)
	if _, err := t.asks(ctx, "system", fmt.Sprintf("/scale plan payment %d --at %s --for 1m", before+1, at), ""); err != nil {
		return messages.Text{}, err
	}
	for _, want := range []int{before + 1, before} {
		if err := t.until(ctx, func() (bool, error) {
			ready, err := t.readyReplicas(ctx, "payment-service")
			return ready == want, err
		}); err != nil {
			return messages.Text{}, fmt.Errorf("payment-service does not get to %d pods: %w", want, err)
		}
	}
	return messages.New("handbook.fact.planned", "count", before+1, "before", before), nil
}

// until asks again and again until it is so.
func (t *tour) until(ctx context.Context, isSo func() (bool, error)) error {
	ticker := time.NewTicker(300 * time.Millisecond)
	defer ticker.Stop()
	for {
		if ok, err := isSo(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// imageAfter runs a command and compares the image that runs then.
func (t *tour) imageAfter(ctx context.Context, line, deployment, want string) error {
	if _, err := t.asks(ctx, "development", line, "system"); err != nil {
		return err
	}
	image, err := t.image(ctx, deployment)
	if err == nil && image != want {
		err = fmt.Errorf("%s runs %s, want %s", deployment, image, want)
	}
	return err
}

func (t *tour) rowDeploy(ctx context.Context) (messages.Text, error) {
	return runsNow("user-service:1.1"), t.imageAfter(ctx, "/deploy user :1.1", "user-service", "user-service:1.1")
}

func runsNow(image string) messages.Text { return messages.New("handbook.fact.runs", "image", image) }

func (t *tour) rowRollout(ctx context.Context) (messages.Text, error) {
	for _, line := range []string{"/rollout user", "/rollout restart user", "/rollout pause user", "/rollout resume user"} {
		if _, err := t.asks(ctx, "development", line, "system"); err != nil {
			return messages.Text{}, err
		}
	}
	d, err := t.cluster.Client().AppsV1().Deployments(testcluster.PlatformNamespace).Get(ctx, "user-service", metav1.GetOptions{})
	if err != nil {
		return messages.Text{}, err
	}
	at := d.Spec.Template.Annotations["kubectl.kubernetes.io/restartedAt"]
	if at == "" || d.Spec.Paused {
		return messages.Text{}, fmt.Errorf("user-service was restarted at %q, paused: %t", at, d.Spec.Paused)
	}
	return messages.New("handbook.fact.restarted", "at", at), nil
}

func (t *tour) rowHistory(ctx context.Context) (messages.Text, error) {
	answer, err := t.asks(ctx, "developer", "/rollout history user", "")
	if err != nil {
		return messages.Text{}, err
	}
	return messages.New("handbook.fact.history"), holds(answer, "user-service:1.0", "user-service:1.1")
}

func (t *tour) rowRollback(ctx context.Context) (messages.Text, error) {
	return runsNow("user-service:1.0"), t.imageAfter(ctx, "/rollback user 1", "user-service", "user-service:1.0")
}

func (t *tour) rowPrepare(ctx context.Context) (messages.Text, error) {
	return t.scales(ctx, "/bluegreen prepare payment :1.1", "payment-service-v2", 2)
}

func (t *tour) rowSwitch(ctx context.Context) (messages.Text, error) {
	services := t.cluster.Client().CoreV1().Services(testcluster.PlatformNamespace)
	for _, step := range []struct{ line, version string }{
		{"/bluegreen switch payment", "v2"}, {"/bluegreen back payment", "v1"}, {"/bluegreen switch payment", "v2"}, {"/bluegreen finish payment", ""},
	} {
		if _, err := t.asks(ctx, "development", step.line, "system"); err != nil {
			return messages.Text{}, err
		}
		s, err := services.Get(ctx, "payment-service", metav1.GetOptions{})
		if err != nil {
			return messages.Text{}, err
		}
		if s.Spec.Selector["version"] != step.version {
			return messages.Text{}, fmt.Errorf("after %s the selector is %v", step.line, s.Spec.Selector)
		}
	}
	image, err := t.image(ctx, "payment-service")
	if err == nil && image != "payment-service:1.1" {
		err = fmt.Errorf("payment-service runs %s", image)
	}
	return messages.New("handbook.fact.switched"), err
}

// passes runs a Job that must pass, and leaves none behind.
func (t *tour) passes(ctx context.Context, line, second string) (messages.Text, error) {
	answer, err := t.asks(ctx, "development", line, second)
	if err != nil {
		return messages.Text{}, err
	}
	list, err := t.cluster.Client().BatchV1().Jobs(testcluster.PlatformNamespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return messages.Text{}, err
	}
	if len(list.Items) > 0 {
		return messages.Text{}, fmt.Errorf("%d Jobs are left", len(list.Items))
	}
	return messages.New("handbook.fact.job"), holds(answer, "✅")
}

func (t *tour) rowLoadTest(ctx context.Context) (messages.Text, error) {
	return t.passes(ctx, "/run load-test", "")
}

func (t *tour) rowRunDeploy(ctx context.Context) (messages.Text, error) {
	return t.passes(ctx, "/run deploy", "system")
}

func (t *tour) rowAPITest(ctx context.Context) (messages.Text, error) {
	return t.passes(ctx, "/run api-test", "")
}
