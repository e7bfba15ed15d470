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

// protect makes a plan destructive when it changes a protected workload.
func (d Deps) protect(plan *Plan) {
	for _, target := range plan.Targets {
		if slices.Contains(d.Protected, target.Name) {
			plan.raise(Destructive, messages.New("k8sops.plan.protected", "workload", messages.Code(target.Name)))
		}
	}
}

// String is the level's name in the design: read, change, disruptive, destructive.
func (d Danger) String() string {
	return [...]string{"read", "change", "disruptive", "destructive"}[d]
}
