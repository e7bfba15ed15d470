package main

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// monitor stands in for Prometheus in the demo: every second it looks at the platform's deployments and posts firing and
// resolved alerts to the real Alertmanager. Two of the handbook's critical alerts are enough for the story.
type monitor struct {
	client    kubernetes.Interface
	namespace string
	target    *alertmanager
	log       *zap.Logger
	// firing is when each alert began, by alertname/service.
	firing map[string]demoAlert
}

const monitorEvery = time.Second

func (m *monitor) run(ctx context.Context) {
	m.firing = map[string]demoAlert{}
	ticker := time.NewTicker(monitorEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := m.look(ctx); err != nil && ctx.Err() == nil {
				m.log.Warn("monitor", zap.Error(err))
			}
		}
	}
}

// look posts what fires now and ends what no longer does.
func (m *monitor) look(ctx context.Context) error {
	deployments, err := m.client.AppsV1().Deployments(m.namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("list deployments: %w", err)
	}
	now := time.Now()
	present := map[string]demoAlert{}
	for _, d := range deployments.Items {
		if alert, ok := alertFor(d); ok {
			present[alert.Labels["alertname"]+"/"+alert.Labels["service"]] = alert
		}
	}
	var changes []demoAlert
	for key, alert := range present {
		alert.StartsAt = now
		if old, ok := m.firing[key]; ok {
			alert.StartsAt = old.StartsAt
		}
		alert.EndsAt = now.Add(5 * time.Minute) // Prometheus too posts an end that it keeps moving
		m.firing[key] = alert
		changes = append(changes, alert)
	}
	for key, alert := range m.firing {
		if _, ok := present[key]; !ok {
			alert.EndsAt = now
			changes = append(changes, alert)
		}
	}
	if len(changes) == 0 {
		return nil
	}
	if err := m.target.post(ctx, changes...); err != nil {
		return err // nothing is forgotten: the next look posts it again
	}
	for key := range m.firing {
		if _, ok := present[key]; !ok {
			delete(m.firing, key)
		}
	}
	return nil
}

// alertFor is the alert that the state of a deployment raises, if any.
func alertFor(d appsv1.Deployment) (demoAlert, bool) {
	wanted := int32(1)
	if d.Spec.Replicas != nil {
		wanted = *d.Spec.Replicas
	}
	available := d.Status.AvailableReplicas
	updated := d.Status.UpdatedReplicas
	switch {
	case wanted > 0 && available == 0:
		return newAlert("ServiceDown", "critical", d.Name, fmt.Sprintf("%s has no available pod (0 of %d)", d.Name, wanted)), true
	case progressFailed(d):
		return newAlert("RolloutStuck", "warning", d.Name, fmt.Sprintf("the rollout of %s hangs: %d of %d new pods, %d available", d.Name, updated, wanted, available)), true
	}
	return demoAlert{}, false
}

// progressFailed: new pods that do not become available within a few seconds; the demo cannot wait the usual ten minutes.
func progressFailed(d appsv1.Deployment) bool {
	if d.Status.UnavailableReplicas == 0 {
		return false
	}
	for _, c := range d.Status.Conditions {
		if c.Type == appsv1.DeploymentProgressing {
			return time.Since(c.LastUpdateTime.Time) > 8*time.Second
		}
	}
	return false
}

func newAlert(name, severity, service, summary string) demoAlert {
	return demoAlert{
		Labels:      map[string]string{"alertname": name, "severity": severity, "service": service, "namespace": "ecommerce-k8s"},
		Annotations: map[string]string{"summary": summary},
	}
}
