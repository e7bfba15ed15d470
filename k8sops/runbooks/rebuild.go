package runbooks

import (
	"opsbot/k8sops"
	"opsbot/messages"
)

// rebuild is /rebuild (handbook: 完全重建流程): safety backups, delete, deploy, restore, check.
func (d Deps) rebuild() runbook {
	return runbook{
		name:    rebuildName,
		summary: messages.New("k8sops.runbooks.rebuild.summary"),
		danger:  k8sops.Destructive,
		owners:  []k8sops.Role{k8sops.System},
		needs:   deleteName,
		steps: []step{
			act(backupStep, messages.New("k8sops.runbooks.step.backup"), "backup db", nil).always(),
			act(proofStep, messages.New("k8sops.runbooks.step.proof"), "backup verify", nil).always(),
			act("configuration", messages.New("k8sops.runbooks.step.backup_config"), "backup config", nil),
			act("delete", messages.New("k8sops.runbooks.step.delete"), deleteName, nil).needed(),
			act("deploy", messages.New("k8sops.runbooks.step.deploy"), "run", k8sops.Args{"job": "deploy"}).needed(),
			act("restore", messages.New("k8sops.runbooks.step.restore"), "restore db", k8sops.Args{"id": "latest"}).needed(),
			look("health", messages.New("k8sops.runbooks.step.health_again"), "health", nil),
			act("test", messages.New("k8sops.runbooks.step.test"), "run", k8sops.Args{"job": "api-test"}),
		},
	}
}

const rebuildName = "rebuild"

// The steps without which nothing is deleted.
const (
	backupStep = "backup"
	proofStep  = "proof"
)
