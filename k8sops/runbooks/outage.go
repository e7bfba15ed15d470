package runbooks

import (
	"opsbot/k8sops"
	"opsbot/messages"
)

// outage is /emergency outage (handbook: 服务完全不可用): what is known, restart everything, deploy anew, restore the data.
func (d Deps) outage() runbook {
	return runbook{
		name:    "emergency outage",
		summary: messages.New("k8sops.runbooks.outage.summary"),
		danger:  k8sops.Disruptive,
		owners:  []k8sops.Role{k8sops.System},
		needs:   "rollout restart",
		steps: []step{
			look("health", messages.New("k8sops.runbooks.step.health"), "health", nil),
			look("status", messages.New("k8sops.runbooks.step.status"), "status", nil),
			look("events", messages.New("k8sops.runbooks.step.events"), "events", k8sops.Args{"since": "1h", "warnings": "true"}),
			act("restart", messages.New("k8sops.runbooks.step.restart_all"), "rollout restart", k8sops.Args{"service": k8sops.All}),
			act("deploy", messages.New("k8sops.runbooks.step.deploy"), "run", k8sops.Args{"job": "deploy"}),
			act("restore", messages.New("k8sops.runbooks.step.restore"), "restore db", k8sops.Args{"id": "latest"}),
			look("health afterwards", messages.New("k8sops.runbooks.step.health_again"), "health", nil),
		},
	}
}
