package main

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"opsbot/configs"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
	"opsbot/escalation/reconcile"
	"opsbot/escalation/webhook"
	"opsbot/messages"
	"opsbot/monitoring"
)

// watchAlertmanager begins to listen for its sign of life, and to ask it what it holds.
func (a *app) watchAlertmanager(loops *teardown, failed chan<- error) {
	if a.service.Watchdog.Alert != "" {
		loops.goes(failed, "watchdog", a.service.Watch)
	}
	if a.reconciler != nil {
		loops.goes(failed, "reconciler", a.reconciler.Run)
	}
}

// watchdogOf gives the watchdog the words of an incident's title, which is a text like those of alerts.
func watchdogOf(c configs.Config, texts *messages.Catalogue) engine.Watchdog {
	w := c.Alertmanager.Watchdog
	title := messages.New("watchdog.title", "alert", w.Alert, "silence", w.Silence)
	return engine.Watchdog{Alert: w.Alert, Silence: w.Silence, Title: texts.Printer(c.Locale, messages.Plain()).Text(title)}
}

// reconcilerOf is nil where there is nothing to compare with.
func reconcilerOf(c configs.Alertmanager, service *engine.Service, m *metrics, log *zap.Logger) (*reconcile.Reconciler, error) {
	if c.URL.Empty() || c.Reconcile == 0 {
		return nil, nil
	}
	cluster, err := monitoring.NewCluster(monitoring.ClusterConfig{
		URLs: alertmanagerURLs(c), Receiver: c.Receiver, Settle: monitoring.SettleTime, Now: time.Now, Log: log,
	})
	if err != nil {
		return nil, fmt.Errorf("alertmanager: %w", err)
	}
	return &reconcile.Reconciler{Service: service, Alertmanager: upstream{cluster}, Every: c.Reconcile, Repaired: m.repaired}, nil
}

func alertmanagerURLs(c configs.Alertmanager) []string {
	urls := []string{c.URL.Reveal()}
	for _, peer := range c.Peers {
		urls = append(urls, peer.Reveal())
	}
	return urls
}

// upstream is a cluster of Alertmanagers as incidents see it.
type upstream struct{ *monitoring.Cluster }

func (u upstream) Look(ctx context.Context) (reconcile.Upstream, error) {
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
		up.Groups = append(up.Groups, reconcile.UpstreamGroup{Notification: n, First: g.Wait, Next: g.Interval})
	}
	return up, nil
}
