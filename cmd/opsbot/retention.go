package main

import (
	"context"
	"time"

	"go.uber.org/zap"

	"opsbot/k8sops"
)

// pruneEvery is how often old backups are looked for; an hour late does not matter for a retention of days.
const pruneEvery = time.Hour

// prune removes backups older than backup.retention (handbook: 保留最近7天的备份), at start and then every hour.
func (a *app) prune(ctx context.Context) error {
	ticker := time.NewTicker(pruneEvery)
	defer ticker.Stop()
	for {
		a.pruneOnce(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (a *app) pruneOnce(ctx context.Context) {
	k := a.config.Kubernetes
	removed, err := k8sops.Prune(ctx, a.backups, k.Name, k.Namespace, a.config.Backup.Retention, time.Now())
	for _, b := range removed {
		a.log.Info("backup removed, its retention is over", zap.String("backup", b.ID), zap.Time("created", b.CreatedAt))
	}
	if err != nil && ctx.Err() == nil {
		a.log.Error("remove old backups", zap.Error(err))
	}
}
