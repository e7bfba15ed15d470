package network

import (
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// Operations show network policies, suspend them for a while, and try connections.
func Operations(p kube.Platform) []k8sops.Operation {
	return []k8sops.Operation{
		netpol{p}.spec().Operation(), netpolSuspend{p}.spec().Operation(), netpolResume{p}.spec().Operation(), netTest{p}.spec().Operation(),
	}
}

func owners() []k8sops.Role { return []k8sops.Role{k8sops.System, k8sops.Network} }
