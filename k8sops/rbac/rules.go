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

// rules are the fewest rules that give the access: one per API group and set of verbs.
func rules(access []k8sops.Access) []rbacv1.PolicyRule {
	verbs := map[[2]string][]string{}
	for _, a := range access {
		resource := a.Resource
		if a.Subresource != "" {
			resource += "/" + a.Subresource
		}
		key := [2]string{a.Group, resource}
		verbs[key] = append(verbs[key], a.Verb)
	}
	resources := map[[2]string][]string{}
	for key, v := range verbs {
		set := [2]string{key[0], strings.Join(sortedSet(v), " ")}
		resources[set] = append(resources[set], key[1])
	}
	sets := slices.SortedFunc(maps.Keys(resources), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	var result []rbacv1.PolicyRule
	for _, set := range sets {
		result = append(result, rbacv1.PolicyRule{
			APIGroups: []string{set[0]}, Resources: sortedSet(resources[set]), Verbs: strings.Fields(set[1]),
		})
	}
	return result
}

func sortedSet(values []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(values)))
}
