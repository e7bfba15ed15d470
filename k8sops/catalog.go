package k8sops

import (
	"slices"
	"strings"
	"time"
)

// Deps is what the operations need.
type Deps = BackupDeps

// DefaultDeps has the handbook's figures; Backups stays nil.
func DefaultDeps() Deps {
	return Deps{Platform: HandbookPlatform(), Retention: 7 * 24 * time.Hour}
}

// Catalog is every operation, sorted by name: those on Kubernetes, and more that the caller adds (on incidents). A
// duplicate name or a faulty declaration is an error.
func Catalog(d Deps, more ...Operation) ([]Operation, error) {
	if err := d.validate(); err != nil {
		return nil, err
	}
	if d.Backups != nil {
		d.LastBackup = lastBackup(d.Backups)
	}
	help, setCatalog := helpOperations()
	ops := slices.Concat(
		help, inspectOperations(d.Platform), workloadOperations(d.Platform), scalingOperations(d.Platform), logsOperations(d.Platform), backupOperations(d),
		more,
	)
	slices.SortFunc(ops, func(a, b Operation) int { return strings.Compare(a.Name, b.Name) })
	setCatalog(ops)
	return ops, checkCatalog(ops)
}
