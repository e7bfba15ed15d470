package app

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"opsbot/app/configured"
	"opsbot/configs"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/reconcile"
	"opsbot/escalation/webhook"
	"opsbot/internal/teardown"
	"opsbot/messages"
	"opsbot/monitoring"
)

// watchAlertmanager begins to listen for its sign of life, and to ask it what it holds.
func (a *App) watchAlertmanager(loops *teardown.Stack, failed chan<- error) {
	if a.service.Watchdog.Alert != "" {
		loops.Spawn(failed, "watchdog", a.service.Watch)
	}
	if a.reconciler != nil {
		loops.Spawn(failed, "reconciler", a.reconciler.Run)
	}
}

// newWatchdog gives the watchdog the words of an incident's title, which is a text like those of alerts.
func newWatchdog(c configs.Config, texts *messages.Catalogue) engine.Watchdog {
	w := c.Alertmanager.Watchdog
	title := messages.New("watchdog.title", "alert", w.Alert, "silence", w.Silence)
	return engine.Watchdog{Alert: w.Alert, Silence: w.Silence, Title: texts.Printer(c.Locale, messages.Plain()).Text(title)}
}

// newReconciler is nil where there is nothing to compare with.
func newReconciler(c configs.Alertmanager, service *engine.Service, m *metrics, log *zap.Logger) (*reconcile.Reconciler, error) {
	if c.URL.Empty() || c.Reconcile == 0 {
		return nil, nil
	}
	cluster, err := monitoring.NewCluster(monitoring.ClusterConfig{
		URLs: configured.AlertmanagerURLs(c), Receiver: c.Receiver, Settle: monitoring.SettleTime, Now: time.Now, Log: log,
	})
	if err != nil {
		return nil, fmt.Errorf("alertmanager: %w", err)
	}
	return &reconcile.Reconciler{Service: service, Alertmanager: alertmanagerSource{cluster}, Every: c.Reconcile, Repaired: m.repaired}, nil
}

// alertmanagerSource is a cluster of Alertmanagers as incidents see it.
type alertmanagerSource struct{ *monitoring.Cluster }

func (u alertmanagerSource) Look(ctx context.Context) (reconcile.Upstream, error) {
	view, err := u.Cluster.Look(ctx)
	if err != nil {
		return reconcile.Upstream{}, err
	}
	up := reconcile.Upstream{At: view.At, Held: view.Held, Complete: view.Complete}
	for _, g := range view.Groups {
		n := incident.Notification{GroupKey: webhook.GroupKey(g.Labels, webhook.Ungrouped), Labels: g.Labels}
		for _, a := range g.Alerts {
			n.Alerts = append(n.Alerts, incident.Alert{
				Fingerprint: a.Fingerprint, Firing: true, Labels: a.Labels, Annotations: a.Annotations, StartsAt: a.StartsAt, GeneratorURL: a.GeneratorURL,
			})
		}
		up.Groups = append(up.Groups, reconcile.UpstreamGroup{Notification: webhook.Redacted(n), First: g.Wait, Next: g.Interval})
	}
	return up, nil
}
