package workload

import (
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// Operations change what runs: images, revisions, restarts.
func Operations(p kube.Platform) []k8sops.Operation {
	return []k8sops.Operation{
		deploy{p}.spec().Operation(), rollback{p}.spec().Operation(), rolloutHistory{p}.spec().Operation(), restart{p}.spec().Operation(),
		rolloutStatus{p}.spec().Operation(), rolloutPause{p, true}.spec().Operation(), rolloutPause{p, false}.spec().Operation(), resources{p}.spec().Operation(), resourcesSet{p}.spec().Operation(),
		blueGreenStatus{blueGreen{p}}.spec().Operation(), blueGreenPrepare{blueGreen{p}}.spec().Operation(), blueGreenSwitch{blueGreen{p}, false}.spec().Operation(),
		blueGreenSwitch{blueGreen{p}, true}.spec().Operation(), blueGreenFinish{blueGreen{p}}.spec().Operation(), blueGreenAbort{blueGreen{p}}.spec().Operation(),
	}
}
