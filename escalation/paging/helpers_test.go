package paging_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/escalation/paging"
	"opsbot/messages"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

var secret = []byte("0123456789abcdef0123456789abcdef")

func writer(t testing.TB) paging.Writer {
	t.Helper()
	texts, err := messages.Load()
	require.NoError(t, err)
	policy := escalation.DefaultPolicy(5*time.Minute, 15*time.Minute, 30*time.Minute, 24*time.Hour)
	return paging.Writer{Texts: texts, Locale: "en", Policy: policy, Links: paging.Links{Base: "https://opsbot.company.com", Secret: secret}}
}

// notice is a page about an alert that tries to do harm.
func notice(via oncall.Via, address, locale string) paging.Notice {
	alert := incident.Alert{
		Fingerprint: "a", Firing: true, StartsAt: start, Labels: map[string]string{"alertname": "PostgresDown", "service": "postgres", "severity": "critical"},
		Annotations: map[string]string{"summary": "<script>alert(1)</script> & more", "runbook_url": "https://wiki.company.com/postgres?a=1&b=2"},
	}
	return paging.Notice{
		Page: incident.Page{
			ID: "12/3", Incident: 12, Contact: "dba@company.com", Role: oncall.DBA, Via: via, Address: address, Stage: incident.Respond,
			Reason: incident.ReasonOpened, State: incident.PageAttempted, IntendedAt: start, AttemptedAt: time.Now(),
		},
		Incident: incident.Incident{
			Number: 12, Title: "PostgresDown: <script>\r\nBcc: x@y.z", Severity: incident.Critical, Status: incident.Open, Role: oncall.DBA,
			Stage: incident.Respond, OpenedAt: start, StageDueAt: start.Add(5 * time.Minute), Alerts: map[string]incident.Alert{"a": alert},
		},
		Contact: oncall.Contact{ID: "dba@company.com", Name: "李四", Email: "dba@company.com", Phone: "+8613800000002", Locale: locale},
	}
}
