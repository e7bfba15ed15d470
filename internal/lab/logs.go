package lab

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// KeepLogs copies the logs in a directory to a new one that outlives the run, and returns which.
func KeepLogs(dir, pattern string) (string, error) {
	target, err := os.MkdirTemp("", pattern)
	if err != nil {
		return "", err
	}
	logs, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil {
		return "", err
	}
	for _, log := range logs {
		data, err := os.ReadFile(log)
		if err == nil {
			err = os.WriteFile(filepath.Join(target, filepath.Base(log)), data, 0o600)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return target, nil
}
