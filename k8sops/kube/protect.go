package kube

import (
	"slices"

	"opsbot/k8sops"
	"opsbot/messages"
)

// Protect makes a plan destructive when the workload that it changes is protected.
func (d Platform) Protect(plan *k8sops.Plan, workload string) {
	if slices.Contains(d.Protected, workload) {
		plan.Raise(k8sops.Destructive, messages.New("k8sops.plan.protected", "workload", messages.Code(workload)))
	}
}
