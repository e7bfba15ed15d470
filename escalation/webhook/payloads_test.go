package webhook_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/webhook"
)

func payload(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	require.NoError(t, err)
	return string(text)
}

// Grafana's own alerting sends almost the same, as version 1.
func TestGrafanasOwnAlerting(t *testing.T) {
	n := decode(t, []byte(payload(t, "grafana")))
	require.Equal(t, `{alertname="CheckoutErrors", grafana_folder="Shop"}`, n.GroupKey)
	require.Equal(t, "https://grafana.example.com/", n.ExternalURL)
	require.Len(t, n.Alerts, 2)
	require.True(t, n.Alerts[0].Foreign, "Alertmanager's API does not know it")
	require.True(t, n.Alerts[0].Firing)
	require.Equal(t, "P1", n.Alerts[0].Labels["severity"])
	require.Equal(t, "https://grafana.example.com/d/shop?orgId=1&viewPanel=4", n.Alerts[0].Annotations["dashboard_url"])
	require.Equal(t, "5 % of checkouts fail", n.Alerts[0].Annotations["summary"])
	require.False(t, n.Alerts[1].Firing)
	require.Equal(t, "https://dashboards.example.com/own", n.Alerts[1].Annotations["dashboard_url"], "its own link stays")
	require.Zero(t, n.Truncated)
}

// Alertmanager 0.34 with alerts of vmalert and of a tenant of Mimir: more fields, and links to other programs.
func TestAlertmanagerWithFieldsOfLaterReleases(t *testing.T) {
	n := decode(t, []byte(payload(t, "alertmanager-0.34")))
	require.Len(t, n.Alerts, 2)
	require.False(t, n.Alerts[0].Foreign)
	require.Equal(t, "https://vmselect.example.com/vmalert/alert?group_id=1&alert_id=2", n.Alerts[0].GeneratorURL)
	require.Equal(t, "shop", n.Alerts[1].Labels["__tenant__"])
	require.Equal(t, "https://grafana.example.com/explore?left=%7B%22datasource%22:%22mimir%22%7D", n.Alerts[1].GeneratorURL)
}

// Whatever is added to a delivery, it is taken in: at every place, and of every kind.
func TestUnknownFieldsNeverRefuse(t *testing.T) {
	for _, name := range []string{"grafana", "alertmanager-0.34"} {
		text := payload(t, name)
		want := decode(t, []byte(text))
		for _, value := range []string{`null`, `1`, `-1.5e300`, `"x"`, `[{}]`, `{"a":{"b":[]}}`, `true`} {
			edited := strings.NewReplacer(`"status":"firing"`, `"status":"firing","newField":`+value, `"fingerprint"`, `"another_one":`+value+`,"fingerprint"`).Replace(text)
			require.NotEqual(t, text, edited)
			require.Equal(t, want, decode(t, []byte(edited)), value)
		}
	}
}

// A number that is only for information does not refuse the delivery either.
func TestANumberOfTruncatedAlertsInAnotherForm(t *testing.T) {
	for _, value := range []string{`null`, `-1`, `"3"`, `1.5`, `{}`, `[]`} {
		n := decode(t, []byte(strings.Replace(fromAlertmanager, `"truncatedAlerts":3`, `"truncatedAlerts":`+value, 1)))
		require.Zero(t, n.Truncated, value)
		require.Len(t, n.Alerts, 2)
	}
}

func TestAnotherVersionIsToldApart(t *testing.T) {
	_, err := webhook.Decode([]byte(`{"version":"2","groupKey":"g","alerts":[{}]}`), fixture.Start)
	var malformed *webhook.MalformedError
	require.ErrorAs(t, err, &malformed)
	require.True(t, malformed.IsVersion())
	require.ErrorContains(t, err, `"2", want "4" (Alertmanager) or "1" (Grafana)`)
}
