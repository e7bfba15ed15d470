package apptest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/internal/alertmanager"
	"opsbot/internal/freeport"
)

// QuickAlertmanager is a configuration with group times of a fraction of a second; %q is the address of the webhook.
const QuickAlertmanager = `route:
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
        http_config: {authorization: {credentials: ` + Token + `}}
`

// NeedAlertmanager skips short tests, and returns the way to opsbot.
func NeedAlertmanager(t *testing.T) *Gate {
	t.Helper()
	if testing.Short() {
		t.Skip("starts Alertmanager, and waits for Slack's pace of one message a second")
	}
	return newGate(t)
}

// StartAlertmanager runs one that delivers to the gate; addr is a free one where it is "".
func StartAlertmanager(t *testing.T, g *Gate, addr string) *alertmanager.Process {
	t.Helper()
	if addr == "" {
		var err error
		addr, err = freeport.Address()
		require.NoError(t, err)
	}
	am, err := alertmanager.Start(t.Context(), t.TempDir(), addr, fmt.Sprintf(QuickAlertmanager, g.URL))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, am.Close()) })
	return am
}
