package escalation_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
)

// The contacts of the handbook's table.
const (
	zhangsan = "U0ZHANGSAN" // system administrator
	lisi     = "U0LISI"     // DBA
	wangwu   = "U0WANGWU"   // network administrator
	zhaoliu  = "U0ZHAOLIU"  // development lead
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func contacts() []escalation.Contact {
	return []escalation.Contact{
		{ID: "zhangsan", Role: "系统管理员", Name: "张三", Phone: "138xxxx0001", Email: "admin@company.com", Duty: "系统整体维护", Slack: zhangsan},
		{ID: "lisi", Role: "数据库管理员", Name: "李四", Phone: "138xxxx0002", Email: "dba@company.com", Duty: "数据库相关问题", Slack: lisi},
		{ID: "wangwu", Role: "网络管理员", Name: "王五", Phone: "138xxxx0003", Email: "network@company.com", Duty: "网络相关问题", Slack: wangwu},
		{ID: "zhaoliu", Role: "开发负责人", Name: "赵六", Phone: "138xxxx0004", Email: "dev@company.com", Duty: "应用相关问题", Slack: zhaoliu},
	}
}

func directory(t testing.TB) escalation.Directory {
	t.Helper()
	d, err := escalation.NewDirectory(contacts())
	require.NoError(t, err)
	return d
}

// handbook is the policy with the handbook's deadlines.
func handbook() escalation.Policy {
	p := escalation.DefaultPolicy(5*time.Minute, 15*time.Minute, 30*time.Minute, 24*time.Hour)
	p.Channel = "C0INCIDENTS"
	return p
}

// alert is a firing alert; n tells several apart.
func alert(n int, labels ...string) escalation.Alert {
	a := escalation.Alert{
		Fingerprint: fmt.Sprintf("%016x", n), Firing: true, StartsAt: start,
		Labels:      map[string]string{"alertname": "PostgresDown", "service": "postgres", "severity": "critical"},
		Annotations: map[string]string{"summary": "postgres does not answer", "runbook_url": "https://wiki.example.com/postgres"},
	}
	for i := 0; i < len(labels); i += 2 {
		a.Labels[labels[i]] = labels[i+1]
	}
	return a
}

func resolved(a escalation.Alert, at time.Time) escalation.Alert {
	a.Firing, a.EndsAt = false, at
	return a
}

func delivery(at time.Time, alerts ...escalation.Alert) escalation.Notification {
	return escalation.Notification{
		ReceivedAt: at, GroupKey: `{alertname="PostgresDown"}`, Labels: map[string]string{"alertname": "PostgresDown"},
		Alerts: alerts, ExternalURL: "http://alertmanager:9093",
	}
}
