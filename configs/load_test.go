package configs_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"opsbot/configs"
)

// needed is what has no default.
func needed() []string {
	return []string{
		"OPSBOT_SLACK_BOT_TOKEN=xoxb-bot",
		"OPSBOT_SLACK_APP_TOKEN=xapp-app",
		"OPSBOT_WEBHOOK_BEARER_TOKENS=0123456789abcdef",
	}
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
	return file
}

func TestSampleIsTheDefaults(t *testing.T) {
	config, err := configs.Load(configs.Source{File: "opsbot.yaml", Environ: needed()})
	require.NoError(t, err)
	want := configs.Default()
	want.Slack.BotToken = configs.NewSecret("xoxb-bot")
	want.Slack.AppToken = configs.NewSecret("xapp-app")
	want.Webhook.BearerTokens = []configs.Secret{configs.NewSecret("0123456789abcdef")}
	want.Alertmanager.Peers = []configs.SecretURL{}
	want.Routing, want.Access.Identities, want.Approval.Protected = []configs.Route{}, []configs.Identity{}, []string{}
	want.Freezes = []configs.Freeze{}
	want.Approval.Registries, want.Access.Kinds, want.Access.ExecPods, want.Access.TLSSecrets = []string{}, []string{}, []string{}, []string{}
	want.HTTP.TrustedProxies, want.Backup.Recipients, want.Backup.Identities = []string{}, []string{}, []configs.Secret{}
	want.Slack.SharedChannels, want.Slack.TrustedChannels = []string{}, []string{}
	want.OnCall.FeedTokens, want.Audit.Keys, want.Jobs, want.Clusters = []configs.Secret{}, []configs.Secret{}, []configs.Job{}, []configs.Kubernetes{}
	want.Logs.Clean, want.Backup.Files = []configs.LogPlace{}, []configs.FilePlace{}
	want.Severities = configs.SeverityWords{Critical: []string{}, Warning: []string{}, Info: []string{}}
	want.People, err = configs.HandbookContacts()
	require.NoError(t, err)
	if diff := cmp.Diff(&want, config); diff != "" {
		t.Errorf("the sample differs from the defaults (-defaults +sample):\n%s", diff)
	}
}

func TestLaterSourcesWin(t *testing.T) {
	file := write(t, "opsbot.yaml", "http: {listen: ':1'}\nkubernetes: {name: file, namespace: file}\napproval: {min_replicas: 2}\n")
	contacts, err := filepath.Abs("contacts.yaml")
	require.NoError(t, err)
	config, err := configs.Load(configs.Source{
		File: file,
		Environ: append(needed(), "OPSBOT_KUBERNETES_NAME=env", "OPSBOT_HTTP_LISTEN=:2", "OPSBOT_APPROVAL_MIN_REPLICAS=3",
			"OPSBOT_INCIDENT_QUIET=90s", "OPSBOT_APPROVAL_PROTECTED=postgres, redis", "OPSBOT_LOG_LEVEL=", "OPSBOT_CONTACTS="+contacts),
		Overrides: map[string]string{"http.listen": ":3"},
	})
	require.NoError(t, err)
	require.Equal(t, ":3", config.HTTP.Listen)
	require.Equal(t, "env", config.Kubernetes.Name)
	require.Equal(t, "file", config.Kubernetes.Namespace)
	require.Equal(t, 3, config.Approval.MinReplicas)
	require.Equal(t, 90*time.Second, config.Incident.Quiet)
	require.Equal(t, []string{"postgres", "redis"}, config.Approval.Protected)
	require.Equal(t, "info", config.Log.Level, "an empty variable counts as not set")
}

func TestSecretsFromFiles(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"bot": "xoxb-from-file\n", "dsn": "postgres://ops:hunter2@db/opsbot\n", "hook": "webhook-token-from-file\n",
		"opsbot.yaml": "slack: {bot_token: 'file:bot'}\nstorage: {url: 'file:dsn'}\nwebhook: {bearer_tokens: ['file:" + dir + "/hook']}\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	contacts, err := filepath.Abs("contacts.yaml")
	require.NoError(t, err)
	config, err := configs.Load(configs.Source{
		File:    filepath.Join(dir, "opsbot.yaml"),
		Environ: []string{"OPSBOT_SLACK_APP_TOKEN=xapp-app", "OPSBOT_CONTACTS=" + contacts},
	})
	require.NoError(t, err)
	require.Equal(t, "xoxb-from-file", config.Slack.BotToken.Reveal())
	require.Equal(t, "postgres://ops:hunter2@db/opsbot", config.Storage.URL.Reveal())
	require.Equal(t, "webhook-token-from-file", config.Webhook.BearerTokens[0].Reveal())
	require.NotContains(t, config.Storage.URL.String(), "hunter2")
}

func TestRouting(t *testing.T) {
	file := write(t, "opsbot.yaml", "routing: [{label: Team, pattern: 'Pay(ments)?', role: development}]\n")
	contacts, err := filepath.Abs("contacts.yaml")
	require.NoError(t, err)
	config, err := configs.Load(configs.Source{
		File: file, Environ: needed(), Overrides: map[string]string{"contacts": contacts},
	})
	require.NoError(t, err)
	require.Equal(t, []configs.Route{{Label: "Team", Pattern: "Pay(ments)?", Role: "development"}}, config.Routing)
}

// TestBadConfigurations holds for each file in testdata/bad that exactly its problems are reported, all at once.
func TestBadConfigurations(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			_, err := configs.Load(configs.Source{File: file, Environ: []string{"OPSBOT_CONTACTS=" + contactsFor(t, file)}})
			var problems configs.Problems
			require.ErrorAs(t, err, &problems)
			golden(t, strings.TrimSuffix(file, ".yaml")+".golden", err.Error()+"\n")
		})
	}
}

// contactsFor is the valid contact table as a path relative to a configuration file.
func contactsFor(t *testing.T, file string) string {
	t.Helper()
	relative, err := filepath.Rel(filepath.Dir(file), "contacts.yaml")
	require.NoError(t, err)
	return relative
}

func TestBadSources(t *testing.T) {
	tests := []struct {
		name   string
		source configs.Source
		want   []string
	}{
		{"nothing configured", configs.Source{}, []string{
			"slack.bot_token: is missing", "slack.app_token: is missing", "webhook.bearer_tokens: is empty",
		}},
		{"no such file", configs.Source{File: "testdata/none.yaml"}, []string{"testdata/none.yaml: cannot be read: no such file"}},
		{"unknown variable", configs.Source{Environ: append(needed(), "OPSBOT_SLACK_BOTTOKEN=xoxb-1")}, []string{
			"OPSBOT_SLACK_BOTTOKEN: unknown environment variable; did you mean OPSBOT_SLACK_BOT_TOKEN?",
		}},
		{"unknown override", configs.Source{Environ: needed(), Overrides: map[string]string{"http.listn": ":1"}}, []string{
			"http.listn (flag): unknown key; did you mean http.listen?",
		}},
		{"bad value in a variable", configs.Source{Environ: append(needed(), "OPSBOT_INCIDENT_QUIET=soon")}, []string{
			`incident.quiet (OPSBOT_INCIDENT_QUIET): "soon" is not a duration; give a duration such as 30s, 5m or 168h`,
		}},
		{"bad value in an override", configs.Source{Environ: needed(), Overrides: map[string]string{"approval.min_replicas": "few", "approval.protect_data": "no"}}, []string{
			"approval.min_replicas (flag): is a text; give a whole number",
			"approval.protect_data (flag): is a text; give true or false",
		}},
		{"list of sections in a variable", configs.Source{Environ: append(needed(), "OPSBOT_ROUTING=x")}, []string{
			"OPSBOT_ROUTING: unknown environment variable",
		}},
		{"no contact table", configs.Source{Environ: append(needed(), "OPSBOT_CONTACTS=none.yaml")}, []string{
			"contacts (OPSBOT_CONTACTS): file none.yaml cannot be read: no such file",
		}},
		{"contacts and configuration at once", configs.Source{
			Environ: append(needed(), "OPSBOT_CONTACTS=testdata/contacts/empty.yaml", "OPSBOT_LOCALE=fr"),
		}, []string{"has no one in the role system", `locale (OPSBOT_LOCALE): "fr" is unknown; use en or zh-CN`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := configs.Load(test.source)
			var problems configs.Problems
			require.ErrorAs(t, err, &problems)
			require.Len(t, problems, len(test.want), err)
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
}

func TestVariablesOfOthersAreLeftAlone(t *testing.T) {
	for _, variable := range []string{
		"OPSBOT_SERVICE_HOST=10.0.0.1", "OPSBOT_SERVICE_PORT=80", "OPSBOT_SERVICE_PORT_HTTP=80", "OPSBOT_PORT=tcp://10.0.0.1:80",
		"OPSBOT_PORT_8080_TCP=tcp://10.0.0.1:80", "OPSBOT_PORT_8080_TCP_ADDR=10.0.0.1", "OPSBOT_METRICS_SERVICE_HOST=10.0.0.2",
		"OPSBOT_TESTCLUSTER_CACHE=/tmp",
	} {
		_, err := configs.Load(configs.Source{Environ: append(needed(), variable)})
		require.NoError(t, err, variable)
	}
}

func TestProblemsNeverShowSecrets(t *testing.T) {
	_, err := configs.Load(configs.Source{Environ: []string{
		"OPSBOT_SLACK_BOT_TOKEN=hunter2", "OPSBOT_SLACK_APP_TOKEN=hunter2", "OPSBOT_WEBHOOK_BEARER_TOKENS=hunter2,hunter2",
		"OPSBOT_STORAGE_URL=mysql://ops:hunter2@db/x", "OPSBOT_PROMETHEUS_URL=http://ops:hunter2@[bad/", "OPSBOT_BACKUP_URL=hunter2",
	}})
	var problems configs.Problems
	require.True(t, errors.As(err, &problems))
	require.Len(t, problems, 7, err)
	require.NotContains(t, err.Error(), "hunter2")
}
