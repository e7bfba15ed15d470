package escalation_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

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

func officeHours(t testing.TB, name string) *escalation.WorkingHours {
	return &escalation.WorkingHours{
		Days: []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday},
		From: 9 * time.Hour, To: 18 * time.Hour, Zone: zone(t, name),
	}
}

func rotating(t testing.TB, r ...escalation.Rotation) escalation.Directory {
	t.Helper()
	d, err := escalation.NewDirectory(contacts(), r...)
	require.NoError(t, err)
	return d
}

// weekly is a rotation of the database administrators that begins with 李四 on Monday 2 March 2026 at 09:00 UTC.
func weekly(people ...string) escalation.Rotation {
	return escalation.Rotation{Role: escalation.DBA, People: people, First: start, Days: 7}
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

// drawHours are no hours at which clocks are changed: those begin or end at a time of day that does not exist, or twice.
func drawHours(t *rapid.T) *escalation.WorkingHours {
	name := rapid.SampledFrom([]string{"UTC", "Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"}).Draw(t, "zone")
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	from := rapid.IntRange(4*12, 23*12).Draw(t, "from")
	to := rapid.IntRange(from+1, 24*12).Draw(t, "to")
	days := rapid.SliceOfNDistinct(rapid.IntRange(0, 6), 1, 7, rapid.ID).Draw(t, "days")
	h := &escalation.WorkingHours{From: time.Duration(from) * grid, To: time.Duration(to) * grid, Zone: zone}
	for _, day := range days {
		h.Days = append(h.Days, time.Weekday(day))
	}
	return h
}

// grid is how finely hours are drawn.
const grid = 5 * time.Minute

// isWorking looks at the clock on the wall, as a person would.
func isWorking(h *escalation.WorkingHours, t time.Time) bool {
	t = t.In(h.Zone)
	clock := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	for _, day := range h.Days {
		if day == t.Weekday() {
			return clock >= h.From && clock < h.To
		}
	}
	return false
}
