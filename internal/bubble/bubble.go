// Package bubble runs tests on a fake clock. It is testing/synctest with one processor.
package bubble

import (
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
)

// All bubbles of a process share the setting that the first one found, for as long as one of them runs.
//
//nolint:gochecknoglobals // GOMAXPROCS itself is global
var (
	lock       sync.Mutex
	running    int
	processors int
)

// Test is synctest.Test(t, f) with GOMAXPROCS 1. With more, the race detector crashes now and then ("ThreadSanitizer: CHECK
// failed"), as two threads may run timers of one bubble at the same time: https://go.dev/issue/78156. Races are still found,
// since the detector compares what must happen before what, not what happened at once.
func Test(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	enter()
	t.Cleanup(leave)
	synctest.Test(t, f) //nolint:forbidigo // this is where the others go
}

func enter() {
	lock.Lock()
	defer lock.Unlock()
	if running == 0 {
		processors = runtime.GOMAXPROCS(1)
	}
	running++
}

func leave() {
	lock.Lock()
	defer lock.Unlock()
	running--
	if running == 0 {
		runtime.GOMAXPROCS(processors)
	}
}
