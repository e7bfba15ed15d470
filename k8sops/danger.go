package k8sops

import (
	"slices"

	"opsbot/messages"
)

// raise lifts the plan's danger to at least danger and says why.
func (p *Plan) raise(danger Danger, why messages.Text) {
	p.Danger = max(p.Danger, danger)
	p.Warning = append(p.Warning, why)
}

// protect makes a plan destructive when the workload that it changes is protected.
func (d Deps) protect(plan *Plan, workload string) {
	if slices.Contains(d.Protected, workload) {
		plan.raise(Destructive, messages.New("k8sops.plan.protected", "workload", messages.Code(workload)))
	}
}

// String is the level's name in the design: read, change, disruptive, destructive.
func (d Danger) String() string {
	return [...]string{"read", "change", "disruptive", "destructive"}[d]
}
