package workload

import (
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// Operations change what runs: images, revisions, restarts.
func Operations(p kube.Platform) []k8sops.Operation {
	return []k8sops.Operation{
		deployOperation(p), rollbackOperation(p), rolloutHistoryOperation(p), rolloutRestartOperation(p), rolloutStatusOperation(p),
	}
}
