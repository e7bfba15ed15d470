package webhook_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/webhook"
)

const leaking = `{"receiver":"opsbot","status":"firing","alerts":[
 {"status":"firing","labels":{"alertname":"password=SECRET1 expired","service":"token-service","severity":"critical","namespace":"shop","pod":"secret-token-7f9c8d",
   "secret":"db-credentials","instance":"https://bob:SECRET1@host:9100","api_token":"SECRET1"},
  "annotations":{"summary":"dial app:SECRET1@tcp(db:3306)/shop failed","description":"密码：SECRET1\npassword\u003dSECRET1\u001b[0m","opsbot_commands":"secret rotate db-credentials password; logs order --errors"},
  "startsAt":"2026-03-02T10:00:00Z","generatorURL":"http://prometheus:9090/graph?g0.expr=up&token=SECRET1","fingerprint":"00000000000000ab"},
 {"status":"melting","labels":{"password":"SECRET1"}}],
 "groupLabels":{"alertname":"A","dsn":"postgres://app:SECRET1@db"},"commonLabels":{"dsn":"postgres://app:SECRET1@db"},"commonAnnotations":{"summary":"token=SECRET1"},
 "externalURL":"https://bob:SECRET1@alertmanager:9093","version":"4","groupKey":"{}:{dsn=\"postgres://app:SECRET1@db\"}","truncatedAlerts":18446744073709551615}`

func TestADeliveryIsKeptWithoutSecrets(t *testing.T) {
	kept := webhook.WithoutSecrets([]byte(leaking))
	// The name of an alert is what it is found by: it stays, whatever it says.
	require.Contains(t, string(kept), "password=SECRET1 expired")
	n, err := webhook.Decode(kept, fixture.Start)
	require.NoError(t, err)
	direct, err := webhook.Decode([]byte(leaking), fixture.Start)
	require.NoError(t, err)
	direct.Unread, n.Unread = nil, nil
	require.Equal(t, direct, n, "a delivery from the journal is what came")
	a := n.Alerts[0]
	require.Equal(t, "00000000000000ab", a.Fingerprint)
	require.Equal(t, map[string]string{"alertname": "password=SECRET1 expired", "service": "token-service", "severity": "critical", "namespace": "shop",
		"pod": "secret-token-7f9c8d", "secret": "db-credentials", "instance": "https://bob:***@host:9100", "api_token": "***"}, a.Labels)
	require.Equal(t, map[string]string{"summary": "dial app:***@tcp(db:3306)/shop failed", "description": "密码：***\npassword=***",
		"opsbot_commands": "secret rotate db-credentials password; logs order --errors"}, a.Annotations)
	require.Equal(t, `{alertname="A", dsn="postgres://app:***@db"}`, n.GroupKey)
	a.Labels["alertname"] = ""
	text, err := json.Marshal(n)
	require.NoError(t, err)
	require.NotContains(t, string(text), "SECRET1")
	require.Equal(t, kept, webhook.WithoutSecrets(kept))
}

func TestADeliveryWithoutSecretsStaysAsItCame(t *testing.T) {
	require.Equal(t, fromAlertmanager, string(webhook.WithoutSecrets([]byte(fromAlertmanager))))
}

func BenchmarkWithoutSecrets(b *testing.B) {
	b.SetBytes(int64(len(fromAlertmanager)))
	for b.Loop() {
		webhook.WithoutSecrets([]byte(fromAlertmanager))
	}
}
