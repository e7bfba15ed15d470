package app

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"opsbot/k8sops/backup"
	"opsbot/store"
)

// pruneEvery is how often old things are looked for; an hour late does not matter for a retention of days.
const pruneEvery = time.Hour

// prune removes what is past its time, at start and then every hour.
func (a *App) prune(ctx context.Context) error {
	ticker := time.NewTicker(pruneEvery)
	defer ticker.Stop()
	for {
		a.pruneBackups(ctx)
		a.archiveIncidents(ctx)
		a.pruneStore(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// archiveIncidents removes incidents from the database once they are in the archive.
func (a *App) archiveIncidents(ctx context.Context) {
	if a.config.Storage.Archive == "" {
		return
	}
	archive := store.Archive{Dir: a.config.Storage.Archive}
	archived, err := a.store.ArchiveIncidents(ctx, time.Now().Add(-a.config.Storage.Retention), archive.Append)
	if archived > 0 {
		a.log.Info("old incidents archived", zap.Int("incidents", archived), zap.String("directory", archive.Dir))
	}
	if err != nil && ctx.Err() == nil {
		a.log.Error("archive old incidents", zap.Error(err))
	}
}

// pruneStore removes what is only for looking into what happened.
func (a *App) pruneStore(ctx context.Context) {
	removed, err := a.store.Prune(ctx, time.Now().Add(-a.config.Storage.Retention))
	if removed.Journal+removed.Messages > 0 {
		a.log.Info("old rows removed", zap.Int64("deliveries", removed.Journal), zap.Int64("messages", removed.Messages))
	}
	if err != nil && ctx.Err() == nil {
		a.log.Error("remove old rows", zap.Error(err))
	}
}

// pruneBackups removes backups older than backup.retention (handbook: 保留最近7天的备份), never the newest verified one.
func (a *App) pruneBackups(ctx context.Context) {
	var failed []error
	for _, k := range a.config.AllClusters() {
		removed, err := backup.Prune(ctx, a.backups, k.Name, k.Namespace, a.config.Backup.Retention, time.Now())
		for _, b := range removed {
			a.log.Info("backup removed, its retention is over", zap.String("backup", b.ID), zap.String("cluster", k.Name), zap.Time("created", b.CreatedAt))
		}
		failed = append(failed, err)
	}
	unfinished, swept := a.backups.Sweep(ctx, time.Now())
	if len(unfinished) > 0 {
		a.log.Info("unfinished uploads of backups removed", zap.Strings("keys", unfinished))
	}
	if err := errors.Join(append(failed, swept)...); err != nil && ctx.Err() == nil {
		a.log.Error("remove old backups", zap.Error(err))
	}
}
