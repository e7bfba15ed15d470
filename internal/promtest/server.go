// Package promtest starts a real Prometheus for tests, with data of the past.
package promtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/testcluster"
)

// Start starts a Prometheus that holds the data, which is in the text form of OpenMetrics without the EOF, and returns its URL.
// It ends with the test.
func Start(t *testing.T, data string) (address string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a Prometheus")
	}
	p, err := testcluster.StartPrometheus(t.Context(), data)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p.URL
}
