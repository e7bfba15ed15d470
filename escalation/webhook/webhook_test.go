package webhook_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/oncall"
	"opsbot/escalation/webhook"
)

// fromAlertmanager is a delivery as Alertmanager 0.25 sent it.
const fromAlertmanager = `{"receiver":"opsbot","status":"firing","alerts":[
 {"status":"firing","labels":{"alertname":"PostgresDown","service":"postgres","severity":"critical"},"annotations":{"summary":"down"},
  "startsAt":"2026-03-02T10:00:00.5+01:00","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus:9090/graph?g0","fingerprint":"00000000000000ab"},
 {"status":"resolved","labels":{"alertname":"PostgresDown","service":"redis"},"annotations":{},
  "startsAt":"2026-03-02T09:00:00Z","endsAt":"2026-03-02T09:05:00Z","generatorURL":"","fingerprint":"00000000000000ac"}],
 "groupLabels":{"alertname":"PostgresDown"},"commonLabels":{"alertname":"PostgresDown"},"commonAnnotations":{},
 "externalURL":"http://alertmanager:9093","version":"4","groupKey":"{}:{alertname=\"PostgresDown\"}","truncatedAlerts":3,"futureField":1}`

func TestDecode(t *testing.T) {
	n, err := webhook.Decode([]byte(fromAlertmanager), fixture.Start)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(incident.Notification{
		ReceivedAt: fixture.Start, GroupKey: `{alertname="PostgresDown"}`, Labels: map[string]string{"alertname": "PostgresDown"},
		Truncated: 3, ExternalURL: "http://alertmanager:9093",
		Alerts: []incident.Alert{
			{
				Fingerprint: "00000000000000ab", Firing: true, StartsAt: fixture.Start.Add(5e8), GeneratorURL: "http://prometheus:9090/graph?g0",
				Labels:      map[string]string{"alertname": "PostgresDown", "service": "postgres", "severity": "critical"},
				Annotations: map[string]string{"summary": "down"},
			},
			{
				Fingerprint: "00000000000000ac", StartsAt: fixture.Start, EndsAt: fixture.Start.Add(3e11),
				Labels: map[string]string{"alertname": "PostgresDown", "service": "redis"}, Annotations: map[string]string{},
			},
		},
	}, n))
}

func TestDecodeRefuses(t *testing.T) {
	edit := func(old, new string) string {
		require.Contains(t, fromAlertmanager, old)
		return strings.ReplaceAll(fromAlertmanager, old, new)
	}
	for name, tt := range map[string]struct{ payload, path, reason string }{
		"nothing":           {"", "", "not the JSON of a webhook"},
		"cut off":           {fromAlertmanager[:200], "", "not the JSON of a webhook"},
		"two documents":     {fromAlertmanager + fromAlertmanager, "", "more than one JSON document"},
		"a list":            {"[]", "", "not the JSON of a webhook"},
		"an empty object":   {"{}", "version", `"", want "4"`},
		"null":              {"null", "version", `"", want "4"`},
		"another version":   {edit(`"version":"4"`, `"version":"5"`), "version", `"5", want "4"`},
		"no group":          {edit(`{}:{alertname=\"PostgresDown\"}`, ``), "groupKey", "missing"},
		"no alerts":         {`{"version":"4","groupKey":"g","alerts":[]}`, "alerts", "none"},
		"no good alert":     {`{"version":"4","groupKey":"g","alerts":[{"status":"melting"},null]}`, "alerts[0].status", `"melting", want firing or resolved`},
		"alerts of no kind": {`{"version":"4","groupKey":"g","alerts":[1,"x",[]]}`, "alerts[0]", "not the JSON of an alert"},
		"too big":           {strings.Repeat(" ", 17<<20), "", "bytes, more than"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := webhook.Decode([]byte(tt.payload), fixture.Start)
			var malformed *webhook.MalformedError
			require.ErrorAs(t, err, &malformed)
			require.Equal(t, tt.path, malformed.Path)
			require.Contains(t, malformed.Reason, tt.reason)
		})
	}
}

func TestDecodeLeavesOutWhatCannotBeRead(t *testing.T) {
	for name, tt := range map[string]struct{ old, new, path, reason string }{
		"unknown status":  {`"status":"resolved"`, `"status":"melting"`, "alerts[1].status", `"melting", want firing or resolved`},
		"bad fingerprint": {`00000000000000ac`, `xyz`, "alerts[1].fingerprint", `"xyz", want 16 hexadecimal digits`},
		"no start":        {`"startsAt":"2026-03-02T09:00:00Z",`, ``, "alerts[1].startsAt", "missing"},
		"bad time":        {`2026-03-02T09:00:00Z`, `yesterday`, "alerts[1]", "not the JSON of an alert"},
		"bad label":       {`"redis"`, `5`, "alerts[1]", "not the JSON of an alert"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, fromAlertmanager, tt.old)
			n, err := webhook.Decode([]byte(strings.ReplaceAll(fromAlertmanager, tt.old, tt.new)), fixture.Start)
			require.NoError(t, err)
			require.Len(t, n.Alerts, 1, "the good one is kept")
			require.Equal(t, "00000000000000ab", n.Alerts[0].Fingerprint)
			require.Equal(t, 3+1, n.Truncated)
			requireUnread(t, n, tt.path, tt.reason)
		})
	}
}

func TestAResolveWithoutItsTimeEndsWhenItCame(t *testing.T) {
	n, err := webhook.Decode([]byte(strings.Replace(fromAlertmanager, `"endsAt":"2026-03-02T09:05:00Z",`, ``, 1)), fixture.Start)
	require.NoError(t, err)
	require.Equal(t, fixture.Start, n.Alerts[1].EndsAt)
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(fromAlertmanager))
	f.Add([]byte(payload(f, "grafana")))
	f.Add([]byte(payload(f, "alertmanager-0.34")))
	f.Add([]byte(`{"version":"4","groupKey":"g","alerts":[null]}`))
	f.Add([]byte(`{"alerts":{}}`))
	f.Add([]byte(`{"version":"4","groupKey":"g","truncatedAlerts":18446744073709551615,"alerts":[{},{"status":"firing","startsAt":"2026-03-02T09:00:00Z","fingerprint":"00000000000000ab"}]}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		n, err := webhook.Decode(payload, fixture.Start)
		if err != nil {
			var malformed *webhook.MalformedError
			if !errors.As(err, &malformed) || malformed.Reason == "" {
				t.Fatalf("an error that does not say what is wrong: %v", err)
			}
			return
		}
		if len(n.Alerts) == 0 || n.GroupKey == "" {
			t.Fatal("accepted without alerts or group")
		}
		if len(n.Alerts) > 10_000 || n.Truncated < 0 || len(n.GroupKey) > 16<<10 {
			t.Fatalf("%d alerts, %d truncated, a group key of %d bytes", len(n.Alerts), n.Truncated, len(n.GroupKey))
		}
		for _, a := range n.Alerts {
			requireWithinLimits(t, a.Labels)
			requireWithinLimits(t, a.Annotations)
		}
		n.Alerts[0].Firing = true
		c := escalation.Observe(fixture.Handbook(), oncall.Directory{}, incident.Incident{Number: 1}, nil, []incident.Notification{n}, fixture.Start)
		if c.Empty() {
			t.Fatal("what was accepted opens no incident")
		}
	})
}

// requireUnread checks what is told of the first alert that could not be read.
func requireUnread(t *testing.T, n incident.Notification, path, reason string) {
	t.Helper()
	var unread *webhook.MalformedError
	require.ErrorAs(t, n.Unread, &unread)
	require.Equal(t, path, unread.Path)
	require.Contains(t, unread.Reason, reason)
}
