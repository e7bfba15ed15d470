package podlog

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSampleLinesInterleaveAndEndBeforeNow(t *testing.T) {
	now := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	a, b := Samples("user-service", "user-service-a", now), Samples("user-service", "user-service-b", now)
	require.Equal(t, a, Samples("user-service", "user-service-a", now))
	require.NotEqual(t, a, b)
	for i, line := range a {
		require.True(t, line.At.Before(now))
		require.True(t, i == 0 || line.At.After(a[i-1].At))
	}
}
