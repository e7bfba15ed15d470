package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"opsbot/configs"
	"opsbot/slacksim"
)

const (
	testToken      = "a-token-for-the-tests"
	testKubeconfig = `apiVersion: v1
kind: Config
current-context: none
clusters: [{name: none, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: none, user: {}}]
contexts: [{name: none, context: {cluster: none, user: none}}]
`
)

// testConfig is a configuration for the workspace, without a cluster behind it.
func testConfig(t *testing.T, slack *slacksim.Workspace) configs.Config {
	t.Helper()
	c, err := configs.Load(configs.Source{File: writeConfig(t, slack, "127.0.0.1:0")})
	require.NoError(t, err)
	return *c
}

func writeConfig(t *testing.T, slack *slacksim.Workspace, listen string) (file string) {
	t.Helper()
	return writeConfigOn(t, slack, listen, "sqlite://"+filepath.Join(t.TempDir(), "opsbot.db"))
}

func writeConfigOn(t *testing.T, slack *slacksim.Workspace, listen, storage string) (file string) {
	t.Helper()
	dir := t.TempDir()
	kubeconfig := filepath.Join(dir, "kubeconfig")
	require.NoError(t, os.WriteFile(kubeconfig, []byte(testKubeconfig), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "contacts.yaml"), configs.HandbookContactsFile(), 0o600))
	file = filepath.Join(dir, "opsbot.yaml")
	text := fmt.Sprintf("slack: {bot_token: %q, app_token: %q, api_url: %q}\nkubernetes: {kubeconfig: %q}\nhttp: {listen: %q}\n"+
		"webhook: {bearer_tokens: [%q]}\nstorage: {url: %q}\nbackup: {url: \"file://%s\"}\n",
		slack.BotToken(), slack.AppToken(), slack.APIURL(), kubeconfig, listen, testToken, storage, filepath.Join(dir, "backups"))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

// testWorkspace declares opsbot's own manifest.
func testWorkspace(t *testing.T) *slacksim.Workspace {
	t.Helper()
	manifest, err := appManifest(configs.Default())
	require.NoError(t, err)
	return slacksim.New(t, slacksim.Options{Manifest: manifest})
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
	req.Header.Set("Authorization", "Bearer "+testToken)
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

// Slack is down when opsbot starts, and an alert comes in: it is taken, and the thread opens when Slack is back.
func TestAlertsAreTakenInWhileSlackIsUnreachable(t *testing.T) {
	slack := testWorkspace(t)
	c := testConfig(t, slack)
	c.HTTP.Listen = "127.0.0.1:0"
	address, err := freeAddress()
	require.NoError(t, err)
	c.HTTP.Listen = address
	slack.SetOffline(true)
	started := make(chan *app, 1)
	go func() {
		a, err := newApp(t.Context(), c, zaptest.NewLogger(t))
		if err == nil {
			err = a.start(t.Context())
		}
		if err != nil {
			t.Error(err)
		}
		started <- a
	}()
	awaitPort(t, address)
	require.Equal(t, http.StatusOK, postAlerts(t, address))
	slack.SetOffline(false)
	a := <-started
	require.NotNil(t, a)
	defer func() { require.NoError(t, a.stop(t.Context())) }()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err = slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Containing("postgres is down"))
	require.NoError(t, err)
	_, err = slack.WaitMessage(ctx, slacksim.In("@dba"), slacksim.Containing("postgres is down"))
	require.NoError(t, err)
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

func TestWrongTokenIsAStartUpError(t *testing.T) {
	slack := testWorkspace(t)
	c := testConfig(t, slack)
	c.Slack.BotToken = configs.NewSecret("xoxb-wrong")
	_, err := newApp(t.Context(), c, zaptest.NewLogger(t))
	require.ErrorContains(t, err, "slack.bot_token")
}

// A clean stop and a new start on the same storage: the incident goes on in its thread, and nobody is paged again.
func TestRestartGoesOnWhereItStopped(t *testing.T) {
	slack := testWorkspace(t)
	c := testConfig(t, slack)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	a := startApp(t, c)
	require.Equal(t, http.StatusOK, postAlerts(t, a.address()))
	header, err := slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Containing("postgres is down"))
	require.NoError(t, err)
	_, err = slack.WaitMessage(ctx, slacksim.In("@dba"), slacksim.Containing("postgres is down"))
	require.NoError(t, err)
	require.NoError(t, a.stop(ctx))

	a = startApp(t, c)
	defer func() { require.NoError(t, a.stop(ctx)) }()
	require.Equal(t, http.StatusOK, postAlerts(t, a.address()), "Alertmanager repeats")
	require.NoError(t, slack.WaitConnected(ctx, 1))
	require.NoError(t, slack.User("dba").Click(header, "ack"))
	_, err = slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Where(func(m slacksim.Message) bool {
		return m.TS == header.TS && !hasButton(m, "ack")
	}))
	require.NoError(t, err, "the header shows the acknowledgement")
	require.Len(t, slack.DMs("dba"), 1, "one page")
}

func startApp(t *testing.T, c configs.Config) *app {
	t.Helper()
	a, err := newApp(t.Context(), c, zaptest.NewLogger(t))
	require.NoError(t, err)
	require.NoError(t, a.start(t.Context()))
	return a
}

// The Home tab shows who one is and what one can start.
func TestHomeTab(t *testing.T) {
	slack := testWorkspace(t)
	a := startApp(t, testConfig(t, slack))
	defer func() { require.NoError(t, a.stop(t.Context())) }()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, slack.WaitConnected(ctx, 1))
	admin := slack.User("system")
	require.NoError(t, admin.OpenHome())
	_, err := admin.WaitHome(ctx, "admin@company.com")
	require.NoError(t, err)
}

// The disk is full, say: webhooks are refused so that Alertmanager sends them again, and people are told instead of left waiting.
func TestStorageThatFailsIsSaid(t *testing.T) {
	slack := testWorkspace(t)
	a := startApp(t, testConfig(t, slack))
	defer func() { require.NoError(t, a.stop(t.Context())) }()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, slack.WaitConnected(ctx, 1))
	require.NoError(t, a.store.Close())
	require.Equal(t, http.StatusServiceUnavailable, postAlerts(t, a.address()))
	require.NoError(t, slack.User("development").Command(incidents, "/scale user 5"))
	_, err := slack.WaitMessage(ctx, slacksim.EphemeralTo("development"), slacksim.Containing("存储"))
	require.NoError(t, err)
	_, err = slack.User("dba").Mention(incidents, "", "health")
	require.NoError(t, err)
	_, err = slack.WaitMessage(ctx, slacksim.EphemeralTo("dba"), slacksim.Containing("存储"))
	require.NoError(t, err)
}

// The channel for stakeholders is looked for like the incident channel.
func TestCheckLooksForTheChannelOfUpdates(t *testing.T) {
	c := testConfig(t, testWorkspace(t))
	for channel, want := range map[string]string{
		"general": "ok    Slack: The channel for stakeholders #general is there", "nowhere": "FAIL  Slack: The channel for stakeholders #nowhere cannot be used (channel_not_found)",
	} {
		c.Incident.UpdatesChannel = channel
		var out strings.Builder
		require.Error(t, check(t.Context(), &out, c))
		require.Contains(t, out.String(), want)
	}
}

// check says in the configured language what is well and what is not, and finds the cluster that is not there.
func TestCheck(t *testing.T) {
	slack := testWorkspace(t)
	c := testConfig(t, slack)
	for locale, want := range map[string][]string{
		"en":    {"ok    the configuration is valid", "ok    contacts: every role", "warn  contacts: no system administrator is paged by another channel than Slack", "FAIL  Kubernetes: opsbot cannot act as dba@company.com"},
		"zh-CN": {"ok    配置有效", "ok    联系人：每个角色", "FAIL  Kubernetes：opsbot 无法在集群 default 中以 dba@company.com"},
	} {
		c.Locale = locale
		var out strings.Builder
		err := check(t.Context(), &out, c)
		require.ErrorContains(t, err, "problem(s) found")
		for _, line := range want {
			require.Contains(t, out.String(), line)
		}
	}
}
