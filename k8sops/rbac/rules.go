package rbac

import (
	"maps"
	"slices"
	"strings"

	"opsbot/k8sops"

	rbacv1 "k8s.io/api/rbac/v1"
)

func clusterWide(access []k8sops.Access, want bool) []k8sops.Access {
	return slices.DeleteFunc(slices.Clone(access), func(a k8sops.Access) bool { return a.ClusterWide != want })
}

// rules are the fewest rules that give the access: one per API group, set of verbs and, where objects are named, name.
func rules(access []k8sops.Access) []rbacv1.PolicyRule {
	type object struct{ group, resource, name string }
	verbs := map[object][]string{}
	for _, a := range access {
		resource := a.Resource
		if a.Subresource != "" {
			resource += "/" + a.Subresource
		}
		key := object{a.Group, resource, a.Name}
		verbs[key] = append(verbs[key], a.Verb)
	}
	resources := map[[3]string][]string{}
	for key, v := range verbs {
		set := [3]string{key.group, strings.Join(sortedSet(v), " "), key.name}
		resources[set] = append(resources[set], key.resource)
	}
	sets := slices.SortedFunc(maps.Keys(resources), func(a, b [3]string) int { return slices.Compare(a[:], b[:]) })
	var result []rbacv1.PolicyRule
	for _, set := range sets {
		rule := rbacv1.PolicyRule{APIGroups: []string{set[0]}, Resources: sortedSet(resources[set]), Verbs: strings.Fields(set[1])}
		if set[2] != "" {
			rule.ResourceNames = []string{set[2]}
		}
		result = append(result, rule)
	}
	return result
}

func sortedSet(values []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(values)))
}
