package scaling

import (
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// Operations change how many replicas run.
func Operations(p kube.Platform) []k8sops.Operation {
	return []k8sops.Operation{
		scale{p}.spec().Operation(), hpa{p}.spec().Operation(), hpaSet{hpa{p}}.spec().Operation(), hpaOff{hpa{p}}.spec().Operation(),
		scalePlan{p}.spec().Operation(), scalePlans{p}.spec().Operation(), scalePlanCancel{p}.spec().Operation(),
	}
}
