package k8sops

import "time"

// BackupDeps is what backups need beside the platform.
type BackupDeps struct {
	Platform
	// Backups keeps database backups; nil means that no storage is configured, and the backup operations say so.
	Backups BackupStore
	// Retention is how long a backup is kept; the newest verified one is kept for ever.
	Retention time.Duration
}

// backupOperations keep the data.
func backupOperations(d BackupDeps) []Operation {
	return []Operation{backupDatabaseOperation(d), backupsOperation(d)}
}
