package secrets

import (
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// Operations change what is secret.
func Operations(p kube.Platform) []k8sops.Operation {
	return []k8sops.Operation{rotate{p}.spec().Operation()}
}
