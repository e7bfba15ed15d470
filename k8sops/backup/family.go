package backup

import (
	"time"

	"opsbot/internal/agefile"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// Deps is what backups need beside the platform.
type Deps struct {
	kube.Platform
	// Backups keeps database backups; nil means that no storage is configured, and the backup operations say so.
	Backups Store
	// Keys are whom dumps are encrypted for, and what opsbot reads them with; nil: they are not encrypted.
	Keys *agefile.Keys
	// Retention is how long a backup is kept; the newest verified one is kept for ever.
	Retention time.Duration
}

// Operations keep the data.
func Operations(d Deps) []k8sops.Operation {
	return []k8sops.Operation{
		backupDatabase{d}.spec().Operation(), backupConfig{d}.spec().Operation(), backups{d}.spec().Operation(), verifyBackup{d}.spec().Operation(), restoreDatabase{d}.spec().Operation(), restoreConfig{d}.spec().Operation(),
	}
}
