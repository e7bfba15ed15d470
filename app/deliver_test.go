package app

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"opsbot/configs"
	"opsbot/internal/apptest"
	"opsbot/slacksim"
)

const incidents = "#incidents"

func hasButton(m slacksim.Message, name string) bool {
	for _, b := range m.Buttons() {
		if b.ActionID == name || strings.HasPrefix(b.ActionID, name+"#") {
			return true
		}
	}
	return false
}

func postAlerts(t *testing.T, address string) int {
	t.Helper()
	status, err := deliverAlert(t.Context(), address, "postgres")
	require.NoError(t, err)
	return status
}

// deliverAlert sends what Alertmanager sends when a service is down.
func deliverAlert(ctx context.Context, address, service string) (status int, err error) {
	return deliverStatus(ctx, address, service, "firing", "0001-01-01T00:00:00Z")
}

// deliverStatus sends what Alertmanager sends when a service goes down, or has come back.
func deliverStatus(ctx context.Context, address, service, state, endsAt string) (status int, err error) {
	body := fmt.Sprintf(`{"version":"4","groupKey":"{}:{service=\"%[1]s\"}","status":%[3]q,"receiver":"opsbot","alerts":[{"status":%[3]q,`+
		`"labels":{"alertname":"ServiceDown","service":"%[1]s","severity":"critical"},"annotations":{"summary":"%[1]s is down"},`+
		`"startsAt":"2026-01-02T03:04:05Z","endsAt":%[4]q,"fingerprint":"%016[2]x"}]}`, service, fnv1a(service), state, endsAt)
	return postWebhook(ctx, address, body)
}

func postWebhook(ctx context.Context, address, body string) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/webhooks/alertmanager", strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+apptest.Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

func fnv1a(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

func awaitPort(t *testing.T, address string) {
	t.Helper()
	require.Eventually(t, func() bool {
		resp, err := http.Get("http://" + address + "/healthz") //nolint:noctx // a probe
		if err != nil {
			return false
		}
		return resp.Body.Close() == nil
	}, 10*time.Second, 10*time.Millisecond)
}

func startApp(t *testing.T, c configs.Config) *App {
	t.Helper()
	a, err := New(t.Context(), c, zaptest.NewLogger(t))
	require.NoError(t, err)
	require.NoError(t, a.Start(t.Context()))
	return a
}
