package app

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/apptest"
	"opsbot/slacksim"
)

// send posts a delivery with a token.
func send(ctx context.Context, t *testing.T, address, token, body string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/webhooks/alertmanager", strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	require.NoError(t, err)
	return answer.StatusCode
}

// Refused deliveries are told in the incident channel, once for each cause, and counted; Grafana's are taken in.
func TestRefusedDeliveriesAreTold(t *testing.T) {
	for locale, said := range map[string]struct{ token, version string }{
		"en":    {"The bearer token is missing or wrong", "a form that opsbot does not read"},
		"zh-CN": {"缺少 Bearer 令牌", "opsbot 不支持这种格式的推送"},
	} {
		t.Run(locale, func(t *testing.T) {
			slack := apptest.Workspace(t)
			c := apptest.Config(t, slack)
			c.Locale = locale
			token := c.Webhook.BearerTokens[0].Reveal()
			a := startApp(t, c)
			defer func() { require.NoError(t, a.Stop(t.Context())) }()
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			for range 50 {
				require.Equal(t, http.StatusUnauthorized, send(ctx, t, a.Address(), "a-guessed-token-of-a-stranger", "{}"))
			}
			require.Equal(t, http.StatusBadRequest, send(ctx, t, a.Address(), token, `{"version":"2","groupKey":"g","alerts":[{}]}`))
			for _, words := range []string{said.token, said.version} {
				_, err := slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Containing(words))
				require.NoError(t, err)
			}
			require.Equal(t, http.StatusOK, send(ctx, t, a.Address(), token, grafanaDelivery))
			_, err := slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Containing("5 % of checkouts fail"))
			require.NoError(t, err)

			told := 0
			for _, m := range slack.Messages(incidents) {
				if strings.Contains(m.Text(), said.token) {
					told++
				}
			}
			require.Equal(t, 1, told, "however many there are")
			metrics := failing{App: a, t: t}.metrics()
			require.Contains(t, metrics, `opsbot_webhook_refused_total{cause="token"} 50`)
			require.Contains(t, metrics, `opsbot_webhook_refused_total{cause="version"} 1`)
			require.Contains(t, metrics, `opsbot_webhook_refused_total{cause="size"} 0`)
		})
	}
}

const grafanaDelivery = `{"receiver":"opsbot","status":"firing","orgId":1,"version":"1","groupKey":"{}:{alertname=\"CheckoutErrors\"}","truncatedAlerts":0,"title":"[FIRING:1] CheckoutErrors",
 "state":"alerting","message":"","groupLabels":{"alertname":"CheckoutErrors"},"externalURL":"https://grafana.example.com/",
 "alerts":[{"status":"firing","labels":{"alertname":"CheckoutErrors","service":"order-service","severity":"critical"},"annotations":{"summary":"5 % of checkouts fail"},
  "startsAt":"2026-11-30T08:00:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"https://grafana.example.com/alerting/x/view","fingerprint":"9bdf6f3f3f1c7a11",
  "silenceURL":"","dashboardURL":"","panelURL":"","values":{"A":5.1},"valueString":"[ var='A' value=5.1 ]"}]}`
