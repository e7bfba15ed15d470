package configured

import (
	"context"
	"fmt"

	"opsbot/artifacts"
	"opsbot/configs"
	"opsbot/handlers/audit"
)

// AuditKeys are the keys that sign checkpoints of the audit record.
func AuditKeys(c configs.Config) audit.Keys {
	var keys audit.Keys
	for _, key := range c.Audit.Keys {
		keys = append(keys, key.Reveal())
	}
	return keys
}

// AuditArchive opens audit.url, nil where there is none; a directory is made if it is missing.
func AuditArchive(ctx context.Context, c configs.Config) (*audit.Archive, error) {
	if c.Audit.URL.Empty() {
		return nil, nil
	}
	files, err := artifacts.Open(ctx, c.Audit.URL.Reveal())
	if err != nil {
		return nil, fmt.Errorf("audit.url: %w", err)
	}
	return &audit.Archive{Files: files}, nil
}
