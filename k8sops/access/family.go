package access

import (
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// Operations tell who may do what, and make and remove accounts that may only read.
func Operations(p kube.Platform) []k8sops.Operation {
	return []k8sops.Operation{access{p}.spec().Operation(), readonly{p}.spec().Operation(), revoke{p}.spec().Operation()}
}

func owners() []k8sops.Role { return []k8sops.Role{k8sops.System} }
