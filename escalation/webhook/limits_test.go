package webhook_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/webhook"
)

func requireWithinLimits(t *testing.T, labels map[string]string) {
	t.Helper()
	require.LessOrEqual(t, len(labels), 128)
	for name, value := range labels {
		require.LessOrEqual(t, len(name), 1<<10)
		require.LessOrEqual(t, len(value), 16<<10)
	}
}

func decode(t *testing.T, body []byte) incident.Notification {
	t.Helper()
	n, err := webhook.Decode(body, fixture.Start)
	require.NoError(t, err, "oversized is not malformed: Alertmanager would not send it again")
	return n
}

func TestLongValuesAreCut(t *testing.T) {
	a := fixture.Alert(1)
	a.Annotations["description"] = strings.Repeat("日", 1<<13)
	a.Labels["service"] = strings.Repeat("r", 1<<15)
	a.Labels[strings.Repeat("n", 1<<11)] = "of a long name"
	n := decode(t, fixture.Payload(t, "g", a))
	got := n.Alerts[0].Annotations["description"]
	require.True(t, utf8.ValidString(got))
	require.True(t, strings.HasSuffix(got, "日…"))
	require.InDelta(t, 16<<10, len(got), 3)
	require.Len(t, n.Alerts[0].Labels["service"], 16<<10)
	require.Equal(t, "PostgresDown", n.Alerts[0].Labels["alertname"])
	requireWithinLimits(t, n.Alerts[0].Labels)
	require.Zero(t, n.Truncated)
}

func TestSurplusLabelsAreDropped(t *testing.T) {
	a := fixture.Alert(1)
	a.Annotations["description"] = "what it is"
	for i := range 200 {
		a.Labels[fmt.Sprintf("a%03d", i)], a.Annotations[fmt.Sprintf("a%03d", i)] = "x", "x"
	}
	n := decode(t, fixture.Payload(t, "g", a))
	got := n.Alerts[0]
	require.Len(t, got.Labels, 128)
	require.Len(t, got.Annotations, 128)
	for _, name := range []string{"alertname", "severity", "service", "a000", "a124"} {
		require.Contains(t, got.Labels, name)
	}
	require.NotContains(t, got.Labels, "a125")
	for _, name := range []string{"summary", "description", "runbook_url"} {
		require.Contains(t, got.Annotations, name)
	}
	for range 5 {
		require.True(t, maps.Equal(got.Labels, decode(t, fixture.Payload(t, "g", a)).Alerts[0].Labels), "always the same ones")
	}
}

func TestSurplusAlertsAreCounted(t *testing.T) {
	const one = `{"status":"firing","startsAt":"2026-03-02T09:00:00Z","fingerprint":"%016x"}`
	list := make([]string, 10_020)
	for i := range list {
		list[i] = fmt.Sprintf(one, i)
	}
	list[5] = "null"
	n := decode(t, []byte(`{"version":"4","groupKey":"g","truncatedAlerts":7,"alerts":[`+strings.Join(list, ",")+`]}`))
	require.Len(t, n.Alerts, 10_000)
	require.Equal(t, fmt.Sprintf("%016x", 10_000), n.Alerts[9_999].Fingerprint)
	require.Equal(t, 7+1+19, n.Truncated)
	requireUnread(t, n, "alerts[5].status", "")
}

func TestLongGroupKeysStayDifferent(t *testing.T) {
	long := strings.Repeat("g", 1<<15)
	for name, key := range map[string]func(string) string{
		"of labels":      func(k string) string { return webhook.GroupKey(map[string]string{"service": k}, "g") },
		"without labels": func(k string) string { return webhook.GroupKey(nil, k) },
	} {
		require.LessOrEqual(t, len(key(long)), 16<<10, name)
		require.Equal(t, key(long), key(long), name)
		require.NotEqual(t, key(long+"1"), key(long+"2"), name)
	}
}

func TestAbsurdNumberOfTruncatedAlerts(t *testing.T) {
	text := strings.Replace(fromAlertmanager, `"truncatedAlerts":3`, `"truncatedAlerts":18446744073709551615`, 1)
	require.Equal(t, 1<<31, decode(t, []byte(text)).Truncated)
}
