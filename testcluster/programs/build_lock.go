package programs

import (
	"context"
	"fmt"
	"io"
	"time"

	"opsbot/testcluster/host"
)

const lockInterval = 200 * time.Millisecond

// lockFile waits until it has the lock on path.
func lockFile(ctx context.Context, path string, log io.Writer) (unlock func(), err error) {
	ticker := time.NewTicker(lockInterval)
	defer ticker.Stop()
	for announced := false; ; announced = true {
		unlock, err := host.TryLock(path)
		if err == nil || !host.IsLocked(err) {
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
