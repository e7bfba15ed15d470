package main

import (
	"context"
	"time"

	"go.uber.org/zap"

	"opsbot/k8sops"
)

// pruneEvery is how often old things are looked for; an hour late does not matter for a retention of days.
const pruneEvery = time.Hour

// storeRetention is how long processed deliveries and sent messages stay in the store, for looking into what happened.
// Incidents, calls and the audit record stay for ever.
const storeRetention = 30 * 24 * time.Hour

// prune removes what is past its time, at start and then every hour.
func (a *app) prune(ctx context.Context) error {
	ticker := time.NewTicker(pruneEvery)
	defer ticker.Stop()
	for {
		a.pruneBackups(ctx)
		a.pruneStore(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (a *app) pruneStore(ctx context.Context) {
	removed, err := a.store.Prune(ctx, time.Now().Add(-storeRetention))
	if removed.Journal+removed.Messages > 0 {
		a.log.Info("old rows removed", zap.Int64("deliveries", removed.Journal), zap.Int64("messages", removed.Messages))
	}
	if err != nil && ctx.Err() == nil {
		a.log.Error("remove old rows", zap.Error(err))
	}
}

// pruneBackups removes backups older than backup.retention (handbook: 保留最近7天的备份), never the newest verified one.
func (a *app) pruneBackups(ctx context.Context) {
	k := a.config.Kubernetes
	removed, err := k8sops.Prune(ctx, a.backups, k.Name, k.Namespace, a.config.Backup.Retention, time.Now())
	for _, b := range removed {
		a.log.Info("backup removed, its retention is over", zap.String("backup", b.ID), zap.Time("created", b.CreatedAt))
	}
	if err != nil && ctx.Err() == nil {
		a.log.Error("remove old backups", zap.Error(err))
	}
}
