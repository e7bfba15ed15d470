package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
	"opsbot/escalation/oncall"
	"opsbot/handlers"
	"opsbot/slacksim"
	"opsbot/store"
)

const rotationOfDBAs = `
rotations:
  - {role: dba, people: [李四, 王五], shift: weekly, handoff: Mon 09:00, timezone: Asia/Shanghai, start: 2026-01-05}
`

// withRotation puts a rotation into the contact table beside the configuration file.
func withRotation(t *testing.T, config string) {
	t.Helper()
	table := append(configs.HandbookContactsFile(), rotationOfDBAs...)
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(config), "contacts.yaml"), table, 0o600))
}

func writeAlert(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "alert.json")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

// runs is the output of a command that must succeed.
func runs(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	require.Zero(t, run(t.Context(), args, &stdout, &stderr), stderr.String())
	return stdout.String()
}

const postgresDown = `{"alertname": "PostgresDown", "service": "postgres", "severity": "critical"}`

func TestWho(t *testing.T) {
	config := writeConfig(t, testWorkspace(t), "127.0.0.1:0")
	withRotation(t, config)
	args := []string{"who", "--config", config, "--timezone", "Asia/Shanghai", "--at", "2026-03-09 08:52", "--alert", writeAlert(t, postgresDown)}
	out := runs(t, args...)
	for _, line := range []string{
		"critical · PostgresDown postgres, routed to the database administrator",
		"If nobody answers:",
		"Mon 2026-03-09 08:52:00 CST",
		"a new incident; on call until Mon 2026-03-09 09:00:00 CST",
		"If 李四 acknowledges at Mon 2026-03-09 08:52:00 CST and then nothing happens:",
		"At Mon 2026-03-09 09:12:00 CST the ladder begins again. It is climbed 3 times in all, then its last rung is paged every 1h.",
	} {
		require.Contains(t, out, line)
	}

	var forecast forecastJSON
	require.NoError(t, json.Unmarshal([]byte(runs(t, append(args, "-o", "json")...)), &forecast))
	require.Equal(t, "dba", forecast.Role)
	require.Len(t, forecast.Parts, 3)
	var said []string
	for _, p := range forecast.Parts[0].Pages {
		said = append(said, strings.Join([]string{p.At.Format("15:04:05Z07:00"), p.Role, p.Name, p.Channel, p.OnCall}, " "))
	}
	require.Equal(t, []string{
		"08:52:00+08:00 dba 李四 slack rotation", "08:57:00+08:00 system 张三 slack all", "09:02:00+08:00 development 赵六 slack all",
		"09:07:00+08:00 everyone 张三 slack ", "09:07:00+08:00 everyone 李四 slack ", "09:07:00+08:00 everyone 王五 slack ", "09:07:00+08:00 everyone 赵六 slack ",
	}, said)
	second := forecast.Parts[1].Pages
	require.Equal(t, []string{"owner", "李四"}, []string{second[0].Role, second[0].Name})
	require.Equal(t, []string{"dba", "王五", "rotation"}, []string{second[1].Role, second[1].Name, second[1].OnCall}, "the hand-off has come by then")
	require.NotEmpty(t, forecast.Parts[0].Pages[0].Address, "Slack was asked")
}

// A severity that waits for working hours is foretold as it is paged: on Monday.
func TestWhoKnowsTheWorkingHours(t *testing.T) {
	config := writeConfig(t, testWorkspace(t), "127.0.0.1:0")
	t.Setenv("OPSBOT_ESCALATION_WORKING_HOURS_TIMEZONE", "Asia/Shanghai")
	t.Setenv("OPSBOT_ESCALATION_SEVERITY_INFO_PAGE", "working_hours")
	args := []string{"who", "--offline", "--config", config, "--timezone", "Asia/Shanghai", "--at", "2026-03-08 03:00", "--alert"}
	out := runs(t, append(args, writeAlert(t, `{"alertname": "DiskSlow", "service": "postgres", "severity": "info"}`))...)
	require.Contains(t, out, "If nobody answers:")
	require.NotContains(t, out, "2026-03-08", "nobody is paged on Sunday")
	require.Contains(t, out, "If 李四 acknowledges at Mon 2026-03-09 09:00:00 CST and then nothing happens:")
	require.Contains(t, out, "Mon 2026-03-09 09:05:00 CST")
	require.Contains(t, runs(t, append(args, writeAlert(t, postgresDown))...), "Sun 2026-03-08 03:00:00 CST")
}

func TestWhoReadsEveryFormOfAlert(t *testing.T) {
	config := writeConfig(t, testWorkspace(t), "127.0.0.1:0")
	for name, text := range map[string]string{
		"labels":   postgresDown,
		"an alert": `{"labels": ` + postgresDown + `, "annotations": {"summary": "gone"}}`,
		"a webhook": `{"version": "4", "groupKey": "g", "alerts": [{"status": "firing", "labels": ` + postgresDown +
			`, "startsAt": "2026-01-02T03:04:05Z", "fingerprint": "0123456789abcdef"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, runs(t, "who", "--offline", "--config", config, "--alert", writeAlert(t, text)), "routed to the database administrator")
		})
	}
	for name, tt := range map[string]struct{ text, at, says string }{
		"no JSON":     {"PostgresDown", "now", "want a JSON object"},
		"no labels":   {`{"alertname": 1}`, "now", "labels are texts"},
		"resolved":    {`{"version": "4", "groupKey": "g", "alerts": [{"status": "resolved", "startsAt": "2026-01-02T03:04:05Z", "fingerprint": "0123456789abcdef"}]}`, "now", "nothing fires"},
		"no such day": {postgresDown, "Someday 03:00", "--at"},
	} {
		t.Run(name, func(t *testing.T) {
			var stderr bytes.Buffer
			require.NotZero(t, run(t.Context(), []string{"who", "--offline", "--config", config, "--at", tt.at, "--alert", writeAlert(t, tt.text)}, &bytes.Buffer{}, &stderr))
			require.Contains(t, stderr.String(), tt.says)
		})
	}
}

// Overrides that the running opsbot keeps count, and the answer is in the configured language.
func TestWhoKnowsTheOverrides(t *testing.T) {
	slack := testWorkspace(t)
	storage := "sqlite://" + filepath.Join(t.TempDir(), "opsbot.db")
	config := writeConfigOn(t, slack, "127.0.0.1:0", storage)
	t.Setenv("OPSBOT_LOCALE", "zh-CN")
	s, err := store.Open(t.Context(), storage, store.Options{})
	require.NoError(t, err)
	defer s.Close()
	at := time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC)
	_, err = s.AddOverride(t.Context(), oncall.Override{Role: oncall.DBA, User: slack.User("network").ID(), From: at, Until: at.Add(time.Hour)},
		func(oncall.Override) handlers.AuditEvent { return handlers.AuditEvent{} })
	require.NoError(t, err)
	out := runs(t, "who", "--config", config, "--timezone", "UTC", "--at", at.Format(time.RFC3339), "--alert", writeAlert(t, postgresDown))
	require.Contains(t, out, "如果无人响应：")
	require.Contains(t, out, "新事件；代班到 Mon 2026-03-02 04:00:00 UTC（代班 1）")
}

// A stand-in is made in Slack, the alert comes after a restart, and the page goes to the stand-in.
func TestTheStandInIsPaged(t *testing.T) {
	slack := testWorkspace(t)
	c := testConfig(t, slack)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	a := startApp(t, c)
	require.NoError(t, slack.WaitConnected(ctx, 1))
	require.NoError(t, slack.User("dba").Command(incidents, "/oncall override dba @network for 1h"))
	_, err := slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Containing("is on call as database administrator"))
	require.NoError(t, err)
	require.NoError(t, a.stop(ctx))

	a = startApp(t, c)
	defer func() { require.NoError(t, a.stop(ctx)) }()
	require.Equal(t, 200, postAlerts(t, a.address()))
	_, err = slack.WaitMessage(ctx, slacksim.In("@network"), slacksim.Containing("postgres is down"))
	require.NoError(t, err)
	require.Empty(t, slack.DMs("dba"))
	require.NoError(t, slack.WaitConnected(ctx, 1))
	require.NoError(t, slack.User("system").Command(incidents, "/oncall"))
	_, err = slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Containing("stands in until"))
	require.NoError(t, err)
}

func fetch(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url) //nolint:noctx // of a server in this process
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(body)
}
