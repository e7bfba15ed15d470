package access

import (
	"context"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
)

// grant is a role that somebody has, by a binding.
type grant struct {
	role    rbacv1.RoleRef
	binding string
	// wide: in every namespace, and for what is in none.
	wide  bool
	rules []rbacv1.PolicyRule
	// builtIn: Kubernetes itself makes the binding.
	builtIn bool
	// missing: there is no such role.
	missing bool
}

// book is who has which roles in a namespace.
type book map[subject][]grant

// bookAccess is what reading it takes.
func bookAccess() []k8sops.Access {
	return []k8sops.Access{
		{Verb: "list", Group: rbacv1.GroupName, Resource: "roles"},
		{Verb: "list", Group: rbacv1.GroupName, Resource: "rolebindings"},
		{Verb: "list", Group: rbacv1.GroupName, Resource: "clusterroles", ClusterWide: true},
		{Verb: "list", Group: rbacv1.GroupName, Resource: "clusterrolebindings", ClusterWide: true},
	}
}

// builtInLabel marks what the API server makes when it starts.
const builtInLabel = "kubernetes.io/bootstrapping"

func readBook(ctx context.Context, call *k8sops.Call) (book, error) {
	api, options := call.Client.Kubernetes.RbacV1(), metav1.ListOptions{}
	roles, err := api.Roles(call.Namespace).List(ctx, options)
	if err != nil {
		return nil, k8sops.Explain("list roles in "+call.Namespace, err)
	}
	clusterRoles, err := api.ClusterRoles().List(ctx, options)
	if err != nil {
		return nil, k8sops.Explain("list cluster roles", err)
	}
	bindings, err := api.RoleBindings(call.Namespace).List(ctx, options)
	if err != nil {
		return nil, k8sops.Explain("list role bindings in "+call.Namespace, err)
	}
	clusterBindings, err := api.ClusterRoleBindings().List(ctx, options)
	if err != nil {
		return nil, k8sops.Explain("list cluster role bindings", err)
	}
	known := rulesByRole(roles.Items, clusterRoles.Items)
	b := book{}
	for _, one := range bindings.Items {
		b.add(one.Subjects, known, grant{role: one.RoleRef, binding: one.Name, builtIn: one.Labels[builtInLabel] != ""}, call.Namespace)
	}
	for _, one := range clusterBindings.Items {
		b.add(one.Subjects, known, grant{role: one.RoleRef, binding: one.Name, wide: true, builtIn: one.Labels[builtInLabel] != ""}, "")
	}
	return b, nil
}

// roleKey tells roles apart as a binding names them.
type roleKey struct{ kind, name string }

func rulesByRole(roles []rbacv1.Role, clusterRoles []rbacv1.ClusterRole) map[roleKey][]rbacv1.PolicyRule {
	known := map[roleKey][]rbacv1.PolicyRule{}
	for _, r := range roles {
		known[roleKey{"Role", r.Name}] = r.Rules
	}
	for _, r := range clusterRoles {
		known[roleKey{"ClusterRole", r.Name}] = aggregated(r, clusterRoles)
	}
	return known
}

// aggregated are the rules of a cluster role with those that it collects from others. A controller writes them into it, a moment later.
func aggregated(r rbacv1.ClusterRole, all []rbacv1.ClusterRole) []rbacv1.PolicyRule {
	if r.AggregationRule == nil || len(r.Rules) > 0 {
		return r.Rules
	}
	var rules []rbacv1.PolicyRule
	for _, other := range all {
		if other.Name != r.Name && slices.ContainsFunc(r.AggregationRule.ClusterRoleSelectors, func(s metav1.LabelSelector) bool { return selects(s, other.Labels) }) {
			rules = append(rules, other.Rules...)
		}
	}
	return rules
}

func selects(s metav1.LabelSelector, set labels.Set) bool {
	selector, err := metav1.LabelSelectorAsSelector(&s)
	return err == nil && selector.Matches(set)
}

// add notes a binding for each of its subjects. A service account without a namespace is of the binding's.
func (b book) add(subjects []rbacv1.Subject, known map[roleKey][]rbacv1.PolicyRule, g grant, namespace string) {
	rules, found := known[roleKey{g.role.Kind, g.role.Name}]
	g.rules, g.missing = rules, !found
	for _, s := range subjects {
		who := subjectOf(s, namespace)
		b[who] = append(b[who], g)
	}
}
