package runbooks

import (
	"opsbot/k8sops"
	"opsbot/messages"
)

// database is /emergency database (handbook: 数据库故障): state, restart, and, where data is damaged, a backup.
func (d Deps) database() runbook {
	service := k8sops.Args{"service": d.Database.Workload}
	return runbook{
		name:    "emergency database",
		summary: messages.New("k8sops.runbooks.database.summary"),
		danger:  k8sops.Disruptive,
		owners:  []k8sops.Role{k8sops.System, k8sops.DBA},
		needs:   "restore db",
		steps: []step{
			look("status", messages.New("k8sops.runbooks.step.database_status"), "status", service),
			look("connections", messages.New("k8sops.runbooks.step.connections"), "db connections", nil),
			look("errors", messages.New("k8sops.runbooks.step.database_errors"), "logs", k8sops.Args{"service": d.Database.Workload, "errors": "true", "since": "1h"}),
			act("restart", messages.New("k8sops.runbooks.step.restart_database"), "db restart", nil),
			act("restore", messages.New("k8sops.runbooks.step.restore"), "restore db", k8sops.Args{"id": "latest"}),
			look("check", messages.New("k8sops.runbooks.step.connections_again"), "db connections", nil),
		},
	}
}
