package configs

import (
	"time"

	"opsbot/configs/settings"
)

// Roles of the contact table, as routing and the table name them.
const (
	RoleSystem      = "system"
	RoleDBA         = "dba"
	RoleNetwork     = "network"
	RoleDevelopment = "development"
)

// Roles lists the contact roles in the handbook's order.
func Roles() []string { return []string{RoleSystem, RoleDBA, RoleNetwork, RoleDevelopment} }

// Default is the configuration before anything was configured. It lacks only what cannot have a default: the Slack
// checkTokens and the webhook's bearer token.
func Default() Config {
	return Config{
		Slack: Slack{
			APIURL:          settings.MustURL("https://slack.com/api/"),
			IncidentChannel: "incidents",
		},
		Kubernetes: Kubernetes{Name: "default", Namespace: "ecommerce-k8s", Observe: 15 * time.Second},
		HTTP:       HTTP{Listen: ":8080", PublicListen: ":8081"},
		Storage:    Storage{URL: SecretURL{URL: settings.MustURL("sqlite://opsbot.db")}, Retention: 30 * 24 * time.Hour},
		Audit:      Audit{Interval: 10 * time.Minute},
		Alertmanager: Alertmanager{
			Receiver: "opsbot", Reconcile: time.Minute, Watchdog: Watchdog{Alert: "Watchdog", Silence: 5 * time.Minute},
		},
		Prometheus: Prometheus{Queries: defaultQueries()},
		Backup: Backup{
			URL:       settings.MustURL("file:///var/lib/opsbot/backups"),
			Retention: 7 * 24 * time.Hour,
		},
		Database: Database{Workload: "postgres", ConfigMap: "postgres-config", Name: "ecommerce", User: "postgres"},
		Cache:    Cache{Workload: "redis", Secret: "redis-secret"},
		Contacts: "contacts.yaml",
		Locale:   "en",
		Escalation: Escalation{
			Respond:    5 * time.Minute,
			Diagnose:   15 * time.Minute,
			Resolve:    30 * time.Minute,
			Postmortem: 24 * time.Hour,
			Forgotten:  15 * time.Minute,
			Hours:      WorkingHours{Days: []string{"Mon-Fri"}, From: "09:00", To: "18:00"},
			Severity: Severities{
				Critical: SeverityRules{Page: PageAlways}, Warning: SeverityRules{Page: PageAlways}, Info: SeverityRules{Page: PageAlways},
			},
		},
		Paging: Paging{
			Order:  []string{PageSlack, PageEmail, PageSMS, PageVoice},
			Email:  PagingEmail{TLS: "starttls"},
			Twilio: PagingTwilio{APIURL: settings.MustURL("https://api.twilio.com")},
		},
		Incident: IncidentRules{
			Quiet: 5 * time.Minute, Storm: Storm{Groups: 4, Within: time.Minute, By: []string{"cluster", "namespace"}},
		},
		Limits:   Limits{Commands: 60, Reads: 8, Megabytes: 32},
		Approval: Approval{Expires: 10 * time.Minute, BreakGlass: "incident", ProtectData: true, MinReplicas: 1, ManyDown: 3},
		Log:      Log{Level: "info", Format: "json"},
	}
}

// defaultQueries are by the conventions of Prometheus' client libraries, of cAdvisor and of the kubelet. A workload's name is that of its pods
// without what Kubernetes adds.
func defaultQueries() Queries {
	byWorkload := func(expression string) string {
		return "sum by (workload) (label_replace(" + expression +
			`, "workload", "$1", "pod", "(.+?)(-[bcdfghjklmnpqrstvwxz2456789]{5,10})?-([bcdfghjklmnpqrstvwxz2456789]{5}|[0-9]+)"))`
	}
	return Queries{
		Latency: `histogram_quantile(0.95, sum by (le, service) (rate(http_request_duration_seconds_bucket{namespace="$namespace"}[5m])))`,
		Errors: `100 * (sum by (service) (rate(http_requests_total{namespace="$namespace",code=~"5.."}[5m]))` +
			` or 0 * sum by (service) (rate(http_requests_total{namespace="$namespace"}[5m])))` +
			` / sum by (service) (rate(http_requests_total{namespace="$namespace"}[5m]))`,
		CPU:        byWorkload(`rate(container_cpu_usage_seconds_total{namespace="$namespace",container!="",container!="POD"}[10m])`),
		Memory:     byWorkload(`container_memory_working_set_bytes{namespace="$namespace",container!="",container!="POD"}`),
		NodeCPU:    `sum by (node) (rate(container_cpu_usage_seconds_total{id="/",node!=""}[10m]))`,
		NodeMemory: `sum by (node) (container_memory_working_set_bytes{id="/",node!=""})`,
		Storage:    `max by (persistentvolumeclaim) (kubelet_volume_stats_used_bytes{namespace="$namespace"})`,
	}
}
