package bubble_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/bubble"
)

func TestOneProcessorWhileBubblesRun(t *testing.T) {
	before := runtime.GOMAXPROCS(3)
	defer runtime.GOMAXPROCS(before)
	t.Run("both", func(t *testing.T) {
		for _, hours := range []time.Duration{1, 2} {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				bubble.Test(t, func(t *testing.T) {
					started := time.Now()
					time.Sleep(hours * time.Hour)
					require.Equal(t, hours*time.Hour, time.Since(started))
					require.Equal(t, 1, runtime.GOMAXPROCS(0))
				})
			})
		}
	})
	require.Equal(t, 3, runtime.GOMAXPROCS(0))
}
