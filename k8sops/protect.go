package k8sops

import (
	"slices"

	"opsbot/messages"
)

// protect makes a plan destructive when the workload that it changes is protected.
func (d Platform) protect(plan *Plan, workload string) {
	if slices.Contains(d.Protected, workload) {
		plan.raise(Destructive, messages.New("k8sops.plan.protected", "workload", messages.Code(workload)))
	}
}
