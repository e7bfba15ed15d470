package wallclock_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/wallclock"
)

func TestFormatDuration(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": 0, "10s": 10 * time.Second, "5m": 5 * time.Minute, "10m": 10 * time.Minute, "1h": time.Hour, "20h": 20 * time.Hour,
		"1h0m30s": time.Hour + 30*time.Second, "1h5m": 65 * time.Minute, "-5m": -5 * time.Minute,
	} {
		require.Equal(t, want, wallclock.FormatDuration(d))
	}
}
