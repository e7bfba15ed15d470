package rbac

import (
	"slices"

	"opsbot/k8sops"
)

// SetLimits tells every operation whom the admission policies refuse, although RBAC gives its access: whoever has the access limited for another
// operation, and without limits for none.
func SetLimits(ops []k8sops.Operation) {
	granted := accessByRole(ops)
	for i := range ops {
		var limits []k8sops.Limit
		for _, a := range ops[i].Access {
			if a.Optional || a.IsLimited() {
				continue
			}
			held, free := holders(granted, a)
			if len(held) > 0 && len(free) > 0 {
				limits = append(limits, k8sops.Limit{Access: a, Held: held, Free: free})
			}
		}
		ops[i].Limits = limits
	}
}

func accessByRole(ops []k8sops.Operation) map[k8sops.Role][]k8sops.Access {
	granted := map[k8sops.Role][]k8sops.Access{}
	for _, role := range k8sops.ContactRoles() {
		granted[role] = AccessOf(ops, role)
	}
	return granted
}

// holders are the groups of the roles that have the access limited alone, and those of the roles that have it without limits.
func holders(granted map[k8sops.Role][]k8sops.Access, a k8sops.Access) (held, free []string) {
	for _, role := range k8sops.ContactRoles() {
		same := func(h k8sops.Access) bool { return right(h) == right(a) && (h.Name == "" || h.Name == a.Name) }
		of := granted[role]
		switch {
		case slices.ContainsFunc(of, func(h k8sops.Access) bool { return same(h) && !h.IsLimited() }):
			free = append(free, role.Group())
		case slices.ContainsFunc(of, same):
			held = append(held, role.Group())
		}
	}
	return held, free
}

// right is an access without its object and what is done with it.
func right(a k8sops.Access) k8sops.Access {
	return k8sops.Access{Verb: a.Verb, Group: a.Group, Resource: a.Resource, Subresource: a.Subresource, ClusterWide: a.ClusterWide}
}
