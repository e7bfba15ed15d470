package configured

import (
	"context"
	"fmt"

	"opsbot/configs"
	"opsbot/internal/agefile"
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

// BackupKeys are whom backups are encrypted for, and what they are read with.
func BackupKeys(b configs.Backup) (*agefile.Keys, error) {
	var identities []string
	for _, identity := range b.Identities {
		identities = append(identities, identity.Reveal())
	}
	keys, err := agefile.Parse(b.Recipients, identities)
	if err != nil {
		return nil, fmt.Errorf("backup.recipients and backup.identities: %w", err)
	}
	return keys, nil
}
