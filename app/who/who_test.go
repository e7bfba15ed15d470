package who

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
	"opsbot/escalation/oncall"
	"opsbot/handlers/audit"
	"opsbot/internal/apptest"
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

// ask answers a question as the command does, with the defaults of its flags.
func ask(t *testing.T, config string, q Question) (string, error) {
	t.Helper()
	q.At, q.Zone, q.Output = cmp.Or(q.At, "now"), cmp.Or(q.Zone, "Local"), cmp.Or(q.Output, "table")
	var out strings.Builder
	err := Run(t.Context(), &out, nil, apptest.LoadConfig(t, config), q)
	return out.String(), err
}

// answer is the answer to a question that has one.
func answer(t *testing.T, config string, q Question) string {
	t.Helper()
	out, err := ask(t, config, q)
	require.NoError(t, err)
	return out
}

const postgresDown = `{"alertname": "PostgresDown", "service": "postgres", "severity": "critical"}`

func TestWho(t *testing.T) {
	config := apptest.WriteConfig(t, apptest.Workspace(t), "127.0.0.1:0")
	withRotation(t, config)
	question := Question{Zone: "Asia/Shanghai", At: "2026-03-09 08:52", Alert: writeAlert(t, postgresDown)}
	out := answer(t, config, question)
	for _, line := range []string{
		"critical · PostgresDown postgres, routed to the database administrator",
		"If nobody answers:",
		"Mon 2026-03-09 08:52:00 CST",
		"a new incident; on call until Mon 2026-03-09 09:00:00 CST",
		"If 李四 acknowledges at Mon 2026-03-09 08:52:00 CST and then nothing happens:",
		"At Mon 2026-03-09 09:12:00 CST the escalation starts again. It runs 3 times in all, then its last step is paged every 1h.",
	} {
		require.Contains(t, out, line)
	}

	var forecast forecastJSON
	question.Output = "json"
	require.NoError(t, json.Unmarshal([]byte(answer(t, config, question)), &forecast))
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
	config := apptest.WriteConfig(t, apptest.Workspace(t), "127.0.0.1:0")
	t.Setenv("OPSBOT_ESCALATION_WORKING_HOURS_TIMEZONE", "Asia/Shanghai")
	t.Setenv("OPSBOT_ESCALATION_SEVERITY_INFO_PAGE", "working_hours")
	question := Question{Offline: true, Zone: "Asia/Shanghai", At: "2026-03-08 03:00"}
	question.Alert = writeAlert(t, `{"alertname": "DiskSlow", "service": "postgres", "severity": "info"}`)
	out := answer(t, config, question)
	require.Contains(t, out, "If nobody answers:")
	require.NotContains(t, out, "2026-03-08", "nobody is paged on Sunday")
	require.Contains(t, out, "If 李四 acknowledges at Mon 2026-03-09 09:00:00 CST and then nothing happens:")
	require.Contains(t, out, "Mon 2026-03-09 09:05:00 CST")
	question.Alert = writeAlert(t, postgresDown)
	require.Contains(t, answer(t, config, question), "Sun 2026-03-08 03:00:00 CST")
}

func TestWhoReadsEveryFormOfAlert(t *testing.T) {
	config := apptest.WriteConfig(t, apptest.Workspace(t), "127.0.0.1:0")
	for name, text := range map[string]string{
		"labels":   postgresDown,
		"an alert": `{"labels": ` + postgresDown + `, "annotations": {"summary": "gone"}}`,
		"a webhook": `{"version": "4", "groupKey": "g", "alerts": [{"status": "firing", "labels": ` + postgresDown +
			`, "startsAt": "2026-01-02T03:04:05Z", "fingerprint": "0123456789abcdef"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, answer(t, config, Question{Offline: true, Alert: writeAlert(t, text)}), "routed to the database administrator")
		})
	}
	for name, tt := range map[string]struct{ text, at, says string }{
		"no JSON":     {"PostgresDown", "now", "want a JSON object"},
		"no labels":   {`{"alertname": 1}`, "now", "labels are texts"},
		"resolved":    {`{"version": "4", "groupKey": "g", "alerts": [{"status": "resolved", "startsAt": "2026-01-02T03:04:05Z", "fingerprint": "0123456789abcdef"}]}`, "now", "nothing fires"},
		"no such day": {postgresDown, "Someday 03:00", "--at"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ask(t, config, Question{Offline: true, At: tt.at, Alert: writeAlert(t, tt.text)})
			require.ErrorContains(t, err, tt.says)
		})
	}
}

// Overrides that the running opsbot keeps count, and the answer is in the configured language.
func TestWhoKnowsTheOverrides(t *testing.T) {
	slack := apptest.Workspace(t)
	storage := "sqlite://" + filepath.Join(t.TempDir(), "opsbot.db")
	config := apptest.WriteConfigOn(t, slack, "127.0.0.1:0", storage)
	t.Setenv("OPSBOT_LOCALE", "zh-CN")
	s, err := store.Open(t.Context(), storage, store.Options{})
	require.NoError(t, err)
	defer s.Close()
	at := time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC)
	_, err = s.AddOverride(t.Context(), oncall.Override{Role: oncall.DBA, User: slack.User("network").ID(), From: at, Until: at.Add(time.Hour)},
		func(oncall.Override) audit.Event { return audit.Event{} })
	require.NoError(t, err)
	out := answer(t, config, Question{Zone: "UTC", At: at.Format(time.RFC3339), Alert: writeAlert(t, postgresDown)})
	require.Contains(t, out, "如果无人响应：")
	require.Contains(t, out, "新事件；代班到 Mon 2026-03-02 04:00:00 UTC（代班 1）")
}

// A calendar as Outlook writes it: with Windows' names of time zones, and with an event that cannot be read.
func TestWhoReadsACalendarOfOutlook(t *testing.T) {
	config := apptest.WriteConfig(t, apptest.Workspace(t), "127.0.0.1:0")
	dir := filepath.Dir(config)
	table := append(configs.HandbookContactsFile(), "rotations:\n  - {role: dba, calendar: dba.ics}\n"...)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "contacts.yaml"), table, 0o600))
	event := func(zone, who string) string {
		return "BEGIN:VEVENT\nUID:" + who + "\nDTSTART;TZID=" + zone + ":20260101T000000\nDTEND;TZID=" + zone + ":20260102T000000\nRRULE:FREQ=DAILY\nSUMMARY:" + who + "\nEND:VEVENT\n"
	}
	ics := "\ufeffBEGIN:VCALENDAR\n" + event("China Standard Time", "王五") + event("Branch Office Time", "李四") + "END:VCALENDAR\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "dba.ics"), []byte(strings.ReplaceAll(ics, "\n", "\r\n")), 0o600))
	out := answer(t, config, Question{Zone: "Asia/Shanghai", Alert: writeAlert(t, postgresDown)})
	require.Contains(t, out, "a new incident; on call until")
	require.Contains(t, out, "王五")
	require.Contains(t, out, "An event in the calendar of the database administrator puts nobody on call: 李四: its time zone is unknown: Branch Office Time.")
}
