package host

import (
	"fmt"
	"os"
	"path/filepath"
)

const (
	dataDirPattern = "opsbot-testcluster-"
	ownerLockFile  = "owner.lock"
)

// NewDataDir creates a cluster's directory, locked for as long as this process lives, and removes those of processes
// that were killed before they could.
func NewDataDir() (dir string, remove func() error, err error) {
	removeAbandoned(filepath.Join(os.TempDir(), dataDirPattern+"*"))
	dir, err = os.MkdirTemp("", dataDirPattern)
	if err != nil {
		return "", nil, fmt.Errorf("create data directory: %w", err)
	}
	unlock, err := TryLock(filepath.Join(dir, ownerLockFile))
	if err != nil {
		return "", nil, fmt.Errorf("lock data directory: %w", err)
	}
	return dir, func() error { unlock(); return os.RemoveAll(dir) }, nil
}

// removeAbandoned leaves alone what has no lock file: its owner may be about to create it.
func removeAbandoned(pattern string) {
	found, _ := filepath.Glob(pattern)
	for _, dir := range found {
		lock := filepath.Join(dir, ownerLockFile)
		if _, err := os.Stat(lock); err != nil {
			continue
		}
		if unlock, err := TryLock(lock); err == nil {
			_ = os.RemoveAll(dir)
			unlock()
		}
	}
}
