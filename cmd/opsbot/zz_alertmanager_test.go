package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

const quickAlertmanager = `route:
  receiver: opsbot
  group_by: [alertname, service]
  group_wait: 100ms
  group_interval: 300ms
  repeat_interval: 1h
  routes:
    - matchers: [alertname="Watchdog"]
      repeat_interval: 300ms
receivers:
  - name: opsbot
    webhook_configs:
      - url: %q
        send_resolved: true
        http_config: {authorization: {credentials: ` + testToken + `}}
`

func needAlertmanager(t *testing.T) *gate {
	t.Helper()
	if testing.Short() {
		t.Skip("starts Alertmanager, and waits for Slack's pace of one message a second")
	}
	return newGate(t)
}

func quick(t *testing.T, g *gate, addr string) *alertmanager {
	t.Helper()
	if addr == "" {
		var err error
		addr, err = freeAddress()
		require.NoError(t, err)
	}
	am, err := startAlertmanager(t.Context(), t.TempDir(), addr, fmt.Sprintf(quickAlertmanager, g.url))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, am.Close()) })
	return am
}
