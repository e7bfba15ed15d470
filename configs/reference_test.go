package configs_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
)

func TestGeneratedSampleIsFresh(t *testing.T) {
	var b strings.Builder
	require.NoError(t, configs.WriteSample(&b))
	golden(t, "opsbot.yaml", b.String())
}

func TestTableHasOneRowPerKey(t *testing.T) {
	var b strings.Builder
	require.NoError(t, configs.WriteTable(&b))
	rows := strings.Split(strings.TrimSpace(b.String()), "\n")
	require.Len(t, rows, len(configs.Reference())+2)
	for _, row := range rows {
		require.Equal(t, 6, strings.Count(strings.ReplaceAll(row, `\|`, ""), "|"), row)
	}
}

func TestEveryKeyIsDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, doc := range configs.Reference() {
		require.NotEmpty(t, doc.Description, doc.Path)
		require.True(t, strings.HasSuffix(doc.Description, "."), "%s: a description is a sentence", doc.Path)
		require.NotContains(t, doc.Description, "\n", doc.Path)
		require.False(t, seen[doc.Path], doc.Path)
		seen[doc.Path] = true
	}
}

// TestFixedKeys holds the keys that deployments and documents elsewhere rely on.
func TestFixedKeys(t *testing.T) {
	defaults := map[string]string{}
	for _, doc := range configs.Reference() {
		defaults[doc.Path] = doc.Default
	}
	for path, want := range map[string]string{
		"slack.bot_token": "", "slack.app_token": "", "slack.api_url": "https://slack.com/api/",
		"slack.incident_channel": "incidents", "slack.command_prefix": "",
		"kubernetes.kubeconfig": "", "kubernetes.context": "", "kubernetes.namespace": "ecommerce-k8s",
		"http.listen": ":8080", "webhook.bearer_tokens": "", "storage.url": "sqlite://opsbot.db",
		"alertmanager.url": "", "prometheus.url": "", "backup.url": "file:///var/lib/opsbot/backups", "backup.retention": "168h",
		"contacts": "contacts.yaml", "locale": "en",
		"escalation.respond": "5m", "escalation.diagnose": "15m", "escalation.resolve": "30m", "escalation.postmortem": "24h",
	} {
		got, ok := defaults[path]
		require.True(t, ok, path)
		require.Equal(t, want, strings.Trim(got, `"'`), path)
	}
}
