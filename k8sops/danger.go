package k8sops

import (
	"opsbot/messages"
)

// Raise lifts the plan's danger to at least danger and says why.
func (p *Plan) Raise(danger Danger, why messages.Text) {
	p.Danger = max(p.Danger, danger)
	p.Warning = append(p.Warning, why)
}

// String is the level's name in the design: read, change, disruptive, destructive.
func (d Danger) String() string {
	return [...]string{"read", "change", "disruptive", "destructive"}[d]
}
