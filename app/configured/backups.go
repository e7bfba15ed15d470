package configured

import (
	"context"
	"fmt"

	"opsbot/configs"
	"opsbot/k8sops/backup"
)

// Backups opens backup.url; a local directory is made if it is missing.
func Backups(ctx context.Context, c configs.Config) (*backup.BlobStore, error) {
	store, err := backup.Open(ctx, c.Backup.URL.Reveal())
	if err != nil {
		return nil, fmt.Errorf("backup.url: %w", err)
	}
	return store, nil
}
