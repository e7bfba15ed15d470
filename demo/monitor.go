package demo

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"opsbot/internal/alertmanager"
)

// monitor stands in for Prometheus in the demo: every second it looks at the platform's deployments and posts firing and
// resolved alerts to the real Alertmanager. Two of the handbook's critical alerts are enough for the story.
type monitor struct {
	client    kubernetes.Interface
	namespace string
	target    *alertmanager.Process
	log       *zap.Logger
	// pending is since when the state behind an alert lasts, firing the alerts posted, both by alertname/service.
	pending map[string]time.Time
	firing  map[string]alertmanager.Alert
	// stopped is what happens to a Prometheus too.
	stopped atomic.Bool
}

// stuckAfter is how long pods may be missing before a rollout counts as stuck: longer than a healthy one takes here, and
// far less than the usual ten minutes, for which a demo cannot wait.
const (
	monitorEvery = time.Second
	stuckAfter   = 6 * time.Second
)

func (m *monitor) run(ctx context.Context) {
	m.pending, m.firing = map[string]time.Time{}, map[string]alertmanager.Alert{}
	ticker := time.NewTicker(monitorEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if m.stopped.Load() {
				continue
			}
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
	present := m.present(deployments.Items, now)
	var changes []alertmanager.Alert
	for key, alert := range present {
		alert.StartsAt = m.pending[key]
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
	changes = append(changes, watchdogAlert(now))
	if err := m.target.Post(ctx, changes...); err != nil {
		return err // nothing is forgotten: the next look posts it again
	}
	for key := range m.firing {
		if _, ok := present[key]; !ok {
			delete(m.firing, key)
		}
	}
	return nil
}

// watchdogAlert always fires. It ends soon after it is posted no more, so that its silence need not be waited for.
func watchdogAlert(now time.Time) alertmanager.Alert {
	return alertmanager.Alert{Labels: map[string]string{"alertname": "Watchdog", "severity": "none"}, StartsAt: now, EndsAt: now.Add(3 * monitorEvery)}
}

// present are the alerts whose state has lasted long enough.
func (m *monitor) present(deployments []appsv1.Deployment, now time.Time) map[string]alertmanager.Alert {
	present, pending := map[string]alertmanager.Alert{}, map[string]time.Time{}
	for _, d := range deployments {
		alert, after, ok := alertFor(d)
		if !ok {
			continue
		}
		key := alert.Labels["alertname"] + "/" + d.Name
		pending[key] = now
		if since, lasts := m.pending[key]; lasts {
			pending[key] = since
		}
		if now.Sub(pending[key]) >= after {
			present[key] = alert
		}
	}
	m.pending = pending
	return present
}

// alertFor is the alert that the state of a deployment raises, if any, and how long the state must last before it does.
func alertFor(d appsv1.Deployment) (alert alertmanager.Alert, after time.Duration, ok bool) {
	wanted := int32(1)
	if d.Spec.Replicas != nil {
		wanted = *d.Spec.Replicas
	}
	available, updated := d.Status.AvailableReplicas, d.Status.UpdatedReplicas
	switch {
	case wanted > 0 && available == 0:
		return newAlert("ServiceDown", "critical", d, fmt.Sprintf("%s has no available pod (0 of %d)", d.Name, wanted)), 0, true
	case d.Status.UnavailableReplicas > 0:
		summary := fmt.Sprintf("the rollout of %s hangs: %d of %d new pods, %d available", d.Name, updated, wanted, available)
		return newAlert("RolloutStuck", "warning", d, summary), stuckAfter, true
	}
	return alertmanager.Alert{}, 0, false
}

// newAlert labels an alert as the handbook's Prometheus rules would: the tier decides who is responsible.
func newAlert(name, severity string, d appsv1.Deployment, summary string) alertmanager.Alert {
	labels := map[string]string{"alertname": name, "severity": severity, "service": d.Name, "namespace": d.Namespace}
	if tier := d.Labels["tier"]; tier != "" {
		labels["tier"] = tier
	}
	return alertmanager.Alert{Labels: labels, Annotations: map[string]string{"summary": summary}}
}
