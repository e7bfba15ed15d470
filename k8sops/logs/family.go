package logs

import (
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// Operations read what programs wrote.
func Operations(p kube.Platform) []k8sops.Operation {
	return []k8sops.Operation{logs{p, readTime}.spec().Operation()}
}
