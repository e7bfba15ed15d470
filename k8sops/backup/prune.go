package backup

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"opsbot/artifacts"
)

// Prune removes the backups that are older than keep (handbook: 保留最近7天的备份) and reports them. Of each kind, and of files
// of each directory, the newest verified backup always stays, and where none is verified the newest of all. A backup whose manifest cannot be read stays as well: nobody
// knows how old it is. A dump without any manifest is a backup that was never finished, or one whose removal was cut short.
func Prune(ctx context.Context, store Store, cluster, namespace string, keep time.Duration, now time.Time) ([]Backup, error) {
	var removed []Backup
	for _, kind := range kinds() {
		gone, err := pruneKind(ctx, store, kind.prefix(cluster, namespace), keep, now)
		removed = append(removed, gone...)
		if err != nil {
			return removed, err
		}
	}
	return removed, nil
}

func pruneKind(ctx context.Context, store Store, prefix string, keep time.Duration, now time.Time) (removed []Backup, err error) {
	backups, _, err := listBackups(ctx, store, prefix)
	if err != nil {
		return nil, err
	}
	for _, b := range expired(backups, keep, now) {
		// The manifest goes first: half a removal must not look like a backup.
		if err := store.Delete(ctx, b.manifestKey()); err != nil {
			return removed, err
		}
		if err := store.Delete(ctx, b.Object); err != nil {
			return removed, err
		}
		removed = append(removed, b)
	}
	return removed, pruneUnfinished(ctx, store, prefix, now.Add(-unfinishedAfter))
}

// expired are those to remove. Every subject keeps one.
func expired(backups []Backup, keep time.Duration, now time.Time) (all []Backup) {
	bySubject := map[string][]Backup{}
	for _, b := range backups {
		bySubject[b.subject()] = append(bySubject[b.subject()], b)
	}
	for _, subject := range slices.Sorted(maps.Keys(bySubject)) {
		all = append(all, artifacts.Expired(bySubject[subject], describe, keep, now)...)
	}
	return all
}

func describe(b Backup) artifacts.Kept {
	return artifacts.Kept{Created: b.CreatedAt, Verified: !b.VerifiedAt.IsZero() || !b.CheckedAt.IsZero()}
}

// pruneUnfinished removes the dumps without manifest that are older than before.
func pruneUnfinished(ctx context.Context, store Store, prefix string, before time.Time) error {
	objects, err := store.List(ctx, prefix)
	if err != nil {
		return err
	}
	manifests := map[string]bool{}
	for _, o := range objects {
		manifests[strings.TrimSuffix(o.Key, manifestSuffix)] = strings.HasSuffix(o.Key, manifestSuffix)
	}
	for _, o := range objects {
		name, isDump := dumpName(o.Key)
		if isDump && !manifests[name] && o.Modified.Before(before) {
			err = errors.Join(err, store.Delete(ctx, o.Key))
		}
	}
	return err
}
