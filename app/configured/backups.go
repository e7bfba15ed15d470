package configured

import (
	"context"
	"fmt"
	"os"
	"strings"

	"opsbot/configs"
	"opsbot/k8sops/backup"
)

// Backups opens backup.url; a local directory is made if it is missing.
func Backups(ctx context.Context, c configs.Config) (*backup.BlobStore, error) {
	url := c.Backup.URL.String()
	if dir, ok := strings.CutPrefix(url, "file://"); ok {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("backup.url %s: %w", url, err)
		}
		url += "?no_tmp_dir=true&metadata=skip" // the temporary file beside the final one: a rename, never a copy
	}
	store, err := backup.Open(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("backup.url: %w", err)
	}
	return store, nil
}
