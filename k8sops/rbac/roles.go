package rbac

import (
	"slices"
	"strings"

	"opsbot/k8sops"

	rbacv1 "k8s.io/api/rbac/v1"
)

// grant makes the roles of one contact role. The viewers' role is bound to the contact roles too.
func (g *generator) grant(role k8sops.Role) {
	name := strings.ReplaceAll(role.Group(), ":", "-")
	subjects := []rbacv1.Subject{groupSubject(role.Group())}
	if role == k8sops.Everyone {
		for _, contact := range k8sops.ContactRoles() {
			subjects = append(subjects, groupSubject(contact.Group()))
		}
	}
	access := AccessOf(g.ops, role)
	if cluster := rules(clusterWide(access, true)); len(cluster) > 0 {
		g.clusterRole(name, cluster, subjects...)
	}
	if namespaced := rules(clusterWide(access, false)); len(namespaced) > 0 {
		for _, namespace := range g.Namespaces {
			g.role(name, namespace, namespaced, subjects...)
		}
	}
}

// AccessOf is what a role needs for the operations it owns. Operations of everyone may use secrets and exec to say more,
// but that is given to the system administrator only, and of the secrets those that are named: reading every secret for the sake of a health
// check is nobody's business. Nor does anybody else get them for what an operation does without, such as looking at the pods of every namespace. What
// an operation may change besides, where the person may, is not given because of it, nor every secret that it may look at.
func AccessOf(ops []k8sops.Operation, role k8sops.Role) []k8sops.Access {
	var access []k8sops.Access
	for _, op := range ops {
		everyones := slices.Contains(op.Owners, k8sops.Everyone)
		for _, a := range op.Access {
			switch {
			case (everyones || a.Optional) && sensitive(a):
				if role == k8sops.System && (a.Resource != "secrets" || a.Name != "") {
					access = append(access, a)
				}
			case a.Optional && !a.Restart && (changes(a) || a.Resource == "secrets" && a.Name == ""):
			case slices.Contains(op.Owners, role):
				access = append(access, a)
			}
		}
	}
	return access
}

// sensitive access gives away more than the answer of the operation that uses it.
func sensitive(a k8sops.Access) bool {
	return a.Resource == "secrets" || a.Resource == "pods" && (a.Subresource == "exec" || a.ClusterWide)
}

// changes reports whether the access is for more than looking.
func changes(a k8sops.Access) bool {
	return !slices.Contains([]string{"get", "list", "watch"}, a.Verb) && !sensitive(a)
}
