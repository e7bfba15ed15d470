package runbooks

import (
	"opsbot/k8sops"
	"opsbot/messages"
)

// runbook is declared once: operations in their order. Each step has the access, the plan and the gates of its own operation.
type runbook struct {
	name    string // of the operation that begins it
	summary messages.Text
	danger  k8sops.Danger
	owners  []k8sops.Role
	// needs is the operation without whose access nobody begins a run: what it is there for.
	needs string
	steps []step
}

// step is a call in a runbook. One whose operation opsbot does not have, as that of a Job that is not configured, is left out.
type step struct {
	name  string
	title messages.Text
	call  k8sops.Invocation
	// essential: without it no run is begun. required: without it the steps after it would do harm, so it cannot be skipped either.
	essential, required bool
}

// anyBackend stands for the name of one of the platform's services, in an argument.
const anyBackend = "*"

func look(name string, title messages.Text, operation string, args k8sops.Args) step {
	return step{name: name, title: title, call: k8sops.Invocation{Operation: operation, Args: args}}
}

// act is a step that a person decides about. Whether a step changes something is what its operation says, so the two differ in their
// place in the text only.
func act(name string, title messages.Text, operation string, args k8sops.Args) step {
	return look(name, title, operation, args)
}

func (s step) needed() step {
	s.essential = true
	return s
}

func (s step) always() step {
	s.essential, s.required = true, true
	return s
}

func (d Deps) runbooks() []runbook {
	return []runbook{d.network(), d.database(), d.outage(), d.rebuild()}
}
