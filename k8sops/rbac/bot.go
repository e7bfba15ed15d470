package rbac

import (
	"slices"
	"strings"

	"opsbot/k8sops"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// bot makes the bot's account and its only right.
func (g *generator) bot() {
	account := &corev1.ServiceAccount{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"},
		ObjectMeta: metav1.ObjectMeta{Name: g.BotName, Namespace: g.BotNamespace, Labels: ourLabels()},
	}
	subject := rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Name: g.BotName, Namespace: g.BotNamespace}
	g.objects = append(g.objects, account)
	g.clusterRole(g.BotName+"-impersonator", g.impersonationRules(), subject)
	if !g.Constrained {
		return
	}
	var everything []k8sops.Access
	for _, op := range g.ops {
		everything = append(everything, op.Access...)
	}
	for _, kind := range g.Kinds {
		everything = append(everything, accessToKind(kind)...)
	}
	g.clusterRole(g.BotName+"-impersonate-on", append(onBehalf(append(clusterWide(everything, true), selfReviews()...)), discovery()), subject)
	for _, namespace := range g.Namespaces {
		g.role(g.BotName+"-impersonate-on", namespace, onBehalf(clusterWide(everything, false)), subject)
	}
}

// accessToKind is what opsbot does with objects of a kind that it does not know: it finds, reads, scales and restores them.
func accessToKind(kind string) []k8sops.Access {
	resource, group, _ := strings.Cut(kind, ".")
	var access []k8sops.Access
	for _, verb := range []string{"get", "list", "create", "patch"} {
		access = append(access, k8sops.Access{Verb: verb, Group: group, Resource: resource})
	}
	for _, verb := range []string{"get", "patch"} {
		access = append(access, k8sops.Access{Verb: verb, Group: group, Resource: resource, Subresource: "scale"})
	}
	return access
}

// impersonationRules limit the bot to named users and groups. An extra's value is free (every call has its own id), its
// key is the subresource of userextras.
func (g *generator) impersonationRules() []rbacv1.PolicyRule {
	verb, identityGroup := "impersonate", ""
	if g.Constrained {
		verb, identityGroup = "impersonate:user-info", "authentication.k8s.io"
	}
	groups := append([]string{k8sops.ViewerGroup}, g.Groups...)
	for _, role := range k8sops.ContactRoles() {
		groups = append(groups, role.Group())
	}
	var extras []string
	for _, key := range k8sops.ExtraKeys() {
		extras = append(extras, "userextras/"+key)
	}
	slices.Sort(extras)
	return []rbacv1.PolicyRule{
		{APIGroups: []string{identityGroup}, Resources: []string{"users"}, Verbs: []string{verb}, ResourceNames: sortedSet(g.Users)},
		{APIGroups: []string{identityGroup}, Resources: []string{"groups"}, Verbs: []string{verb}, ResourceNames: sortedSet(groups)},
		{APIGroups: []string{"authentication.k8s.io"}, Resources: extras, Verbs: []string{verb}},
	}
}

// selfReviews are what every authenticated user may ask, and opsbot asks for people.
func selfReviews() []k8sops.Access {
	return []k8sops.Access{
		{Verb: "create", Group: "authorization.k8s.io", Resource: "selfsubjectaccessreviews", ClusterWide: true},
		{Verb: "create", Group: "authentication.k8s.io", Resource: "selfsubjectreviews", ClusterWide: true},
	}
}

// discovery is what every authenticated user may read, and opsbot reads for people to find objects of kinds that it does not know.
func discovery() rbacv1.PolicyRule {
	return rbacv1.PolicyRule{NonResourceURLs: []string{"/api", "/api/*", "/apis", "/apis/*"}, Verbs: []string{onBehalfOf + "get"}}
}

// onBehalfOf begins the verbs of what the bot may do as somebody else.
const onBehalfOf = "impersonate-on:user-info:"

func onBehalf(access []k8sops.Access) []rbacv1.PolicyRule {
	for i := range access {
		access[i].Verb = onBehalfOf + access[i].Verb
	}
	return rules(access)
}
