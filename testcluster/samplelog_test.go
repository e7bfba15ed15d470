package testcluster

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSampleLinesInterleaveAndEndBeforeNow(t *testing.T) {
	now := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	a, b := sampleLines("user-service", "user-service-a", now), sampleLines("user-service", "user-service-b", now)
	require.Equal(t, a, sampleLines("user-service", "user-service-a", now))
	require.NotEqual(t, a, b)
	for i, line := range a {
		require.True(t, line.at.Before(now))
		require.True(t, i == 0 || line.at.After(a[i-1].at))
	}
}
