package inspect

import (
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// Operations look at the platform and change nothing.
func Operations(p kube.Platform) []k8sops.Operation {
	return []k8sops.Operation{events{p}.spec().Operation(), health{p}.spec().Operation(), status{p}.spec().Operation(), storage{p}.spec().Operation(), top{p}.spec().Operation()}
}
