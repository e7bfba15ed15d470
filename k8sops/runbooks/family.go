package runbooks

import (
	"slices"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// Deps is what guided runs need beside the platform.
type Deps struct {
	kube.Platform
	// Runs keeps the guided runs; nil where operations are only described.
	Runs Store
}

// Operations begin guided runs of the operations in ops, and take decisions about them. set gives them the whole catalogue, once it is
// complete: every step is called by what it says there.
func Operations(d Deps, ops []k8sops.Operation) (own []k8sops.Operation, set func([]k8sops.Operation)) {
	c := &catalogue{Deps: d}
	remove := deleteServices{c}.spec().Operation()
	c.ops = append(slices.Clone(ops), remove)
	own = []k8sops.Operation{remove, emergency{c}.spec().Operation(), skip{c}.spec().Operation(), stop{c}.spec().Operation()}
	for _, book := range d.runbooks() {
		own = append(own, start{c, book}.spec().Operation())
	}
	return own, func(all []k8sops.Operation) { c.ops = all }
}

// catalogue are the operations that the steps are calls of.
type catalogue struct {
	Deps
	ops []k8sops.Operation
}

// access is what the operation of that name must have.
func (c *catalogue) access(name string) []k8sops.Access {
	op, err := k8sops.Find(c.ops, name)
	if err != nil {
		return nil
	}
	var required []k8sops.Access
	for _, a := range op.Access {
		if !a.Optional {
			required = append(required, a)
		}
	}
	return required
}
