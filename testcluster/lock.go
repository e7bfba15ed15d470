package testcluster

import (
	"context"
	"fmt"
	"io"
	"time"
)

const lockInterval = 200 * time.Millisecond

// lockFile waits until it has the lock on path.
func lockFile(ctx context.Context, path string, log io.Writer) (unlock func(), err error) {
	ticker := time.NewTicker(lockInterval)
	defer ticker.Stop()
	for announced := false; ; announced = true {
		unlock, err := tryLock(path)
		if err == nil || !isLocked(err) {
			return unlock, err
		}
		if !announced {
			fmt.Fprintln(log, "waiting for another process that builds the control plane")
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-ticker.C:
		}
	}
}
