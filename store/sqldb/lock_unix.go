//go:build unix

package sqldb

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lockFile takes the lock on path for this process, which loses it when it ends, however it ends. SQLite's own locks
// would let two opsbots take turns, each with its own idea of what was sent.
func lockFile(path string) (release func() error, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	switch {
	case os.IsPermission(err):
		return nil, fmt.Errorf("%w: %w", ErrReadOnly, err)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrCannotUse, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w (it holds %s)", ErrInUse, path)
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return f.Close, nil
}
