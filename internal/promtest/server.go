// Package promtest starts a real Prometheus for tests, with data of the past.
package promtest

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Start starts a Prometheus that holds the data, which is in the text form of OpenMetrics without the EOF, and returns its URL.
// It ends with the test.
func Start(t *testing.T, data string) (address string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a Prometheus")
	}
	dir := t.TempDir()
	file, blocks := filepath.Join(dir, "data.om"), filepath.Join(dir, "tsdb")
	require.NoError(t, os.WriteFile(file, []byte(data+"# EOF\n"), 0o600))
	out, err := exec.CommandContext(t.Context(), "promtool", "tsdb", "create-blocks-from", "openmetrics", file, blocks).CombinedOutput()
	require.NoError(t, err, string(out))
	config := filepath.Join(dir, "prometheus.yml")
	require.NoError(t, os.WriteFile(config, nil, 0o600))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address = listener.Addr().String()
	require.NoError(t, listener.Close())
	var log bytes.Buffer
	server := exec.CommandContext(t.Context(), "prometheus", "--config.file="+config, "--storage.tsdb.path="+blocks,
		"--storage.tsdb.retention.time=100y", "--web.listen-address="+address)
	server.Stdout, server.Stderr = &log, &log
	server.Cancel = func() error { return server.Process.Signal(os.Interrupt) }
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		_ = server.Wait() // the test's context has ended, and the server with it
		if t.Failed() {
			t.Log(log.String())
		}
	})
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		resp, err := http.Get("http://" + address + "/-/ready")
		if assert.NoError(c, err) {
			assert.NoError(c, resp.Body.Close())
			assert.Equal(c, http.StatusOK, resp.StatusCode)
		}
	}, 30*time.Second, 50*time.Millisecond)
	return "http://" + address
}
