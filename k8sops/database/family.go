package database

import (
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// Operations look into the database and the cache. Both are reached by running a program in their container, which is why only the
// system and the database administrator have them.
func Operations(p kube.Platform) []k8sops.Operation {
	return []k8sops.Operation{
		connections{p}.spec().Operation(), slow{p}.spec().Operation(), explain{p}.spec().Operation(), set{p}.spec().Operation(), restart{p}.spec().Operation(),
		redisMemory{p}.spec().Operation(), redisStats{p}.spec().Operation(),
	}
}

func owners() []k8sops.Role { return []k8sops.Role{k8sops.System, k8sops.DBA} }
