// Package rbac makes Kubernetes' roles of what the operations ask for.
package rbac

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"opsbot/k8sops"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// Options say for whom and where the rights are generated.
type Options struct {
	// Namespaces that people work in.
	Namespaces []string
	// BotNamespace and BotName are the bot's service account.
	BotNamespace, BotName string
	// Users are the Kubernetes user names that the bot may impersonate; Groups are groups beside opsbot's own.
	Users, Groups []string
	// Constrained uses constrained impersonation (Kubernetes 1.36): the bot may impersonate for the verbs and resources of
	// the catalogue only.
	Constrained bool
}

// Objects is everything Kubernetes has to know about opsbot: the bot's account, which may only impersonate, a role for
// every contact role with exactly the access of its operations, and the viewers' role. The order is stable.
func Objects(ops []k8sops.Operation, o Options) ([]runtime.Object, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	g := generator{Options: o, ops: ops}
	g.bot()
	g.grant(k8sops.Everyone)
	for _, role := range k8sops.ContactRoles() {
		g.grant(role)
	}
	return g.objects, nil
}

// RBACYAML is RBAC as one YAML stream for kubectl apply.
func RBACYAML(ops []k8sops.Operation, o Options) ([]byte, error) {
	objects, err := Objects(ops, o)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for _, object := range objects {
		data, err := yaml.Marshal(object)
		if err != nil {
			return nil, fmt.Errorf("generate RBAC: %w", err)
		}
		out.WriteString("---\n")
		out.Write(data)
	}
	return out.Bytes(), nil
}

func (o Options) validate() error {
	var problems []error
	if len(o.Namespaces) == 0 {
		problems = append(problems, errors.New("no namespace"))
	}
	if o.BotNamespace == "" || o.BotName == "" {
		problems = append(problems, errors.New("no service account for the bot"))
	}
	// A rule without resourceNames would let the bot be anybody, cluster administrators included.
	if len(o.Users) == 0 || slices.Contains(o.Users, "") || slices.Contains(o.Groups, "") {
		problems = append(problems, errors.New("the users that the bot may impersonate must be named"))
	}
	for _, name := range slices.Concat(o.Users, o.Groups) {
		if strings.HasPrefix(name, "system:") {
			problems = append(problems, fmt.Errorf("the bot may not impersonate %s", name))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("generate RBAC: %w", err)
	}
	return nil
}

type generator struct {
	Options
	ops     []k8sops.Operation
	objects []runtime.Object
}

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
	g.clusterRole(g.BotName+"-impersonate-on", onBehalf(append(clusterWide(everything, true), selfReviews()...)), subject)
	for _, namespace := range g.Namespaces {
		g.role(g.BotName+"-impersonate-on", namespace, onBehalf(clusterWide(everything, false)), subject)
	}
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

func onBehalf(access []k8sops.Access) []rbacv1.PolicyRule {
	for i := range access {
		access[i].Verb = "impersonate-on:user-info:" + access[i].Verb
	}
	return rules(access)
}

// grant makes the roles of one contact role. The viewers' role is bound to the contact roles too.
func (g *generator) grant(role k8sops.Role) {
	name := strings.ReplaceAll(role.Group(), ":", "-")
	subjects := []rbacv1.Subject{groupSubject(role.Group())}
	if role == k8sops.Everyone {
		for _, contact := range k8sops.ContactRoles() {
			subjects = append(subjects, groupSubject(contact.Group()))
		}
	}
	access := accessOf(g.ops, role)
	if cluster := rules(clusterWide(access, true)); len(cluster) > 0 {
		g.clusterRole(name, cluster, subjects...)
	}
	if namespaced := rules(clusterWide(access, false)); len(namespaced) > 0 {
		for _, namespace := range g.Namespaces {
			g.role(name, namespace, namespaced, subjects...)
		}
	}
}

// accessOf is what a role needs for the operations it owns. Operations of everyone may use secrets and exec to say more,
// but that is given to the system administrator only: reading every secret is no viewer's business. What an operation may change
// besides, where the person may, is not given because of it.
func accessOf(ops []k8sops.Operation, role k8sops.Role) []k8sops.Access {
	var access []k8sops.Access
	for _, op := range ops {
		everyones := slices.Contains(op.Owners, k8sops.Everyone)
		for _, a := range op.Access {
			switch {
			case everyones && sensitive(a):
				if role == k8sops.System {
					access = append(access, a)
				}
			case a.Optional && changes(a):
			case slices.Contains(op.Owners, role):
				access = append(access, a)
			}
		}
	}
	return access
}

// sensitive access gives away more than the answer of the operation that uses it.
func sensitive(a k8sops.Access) bool {
	return a.Resource == "secrets" || a.Resource == "pods" && a.Subresource == "exec"
}

// changes reports whether the access is for more than looking.
func changes(a k8sops.Access) bool {
	return !slices.Contains([]string{"get", "list", "watch"}, a.Verb) && !sensitive(a)
}

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

func (g *generator) clusterRole(name string, rules []rbacv1.PolicyRule, subjects ...rbacv1.Subject) {
	g.objects = append(g.objects,
		&rbacv1.ClusterRole{
			TypeMeta:   metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "ClusterRole"},
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: ourLabels()}, Rules: rules,
		},
		&rbacv1.ClusterRoleBinding{
			TypeMeta:   metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "ClusterRoleBinding"},
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: ourLabels()}, Subjects: subjects,
			RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name},
		})
}

func (g *generator) role(name, namespace string, rules []rbacv1.PolicyRule, subjects ...rbacv1.Subject) {
	g.objects = append(g.objects,
		&rbacv1.Role{
			TypeMeta:   metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "Role"},
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace, Labels: ourLabels()}, Rules: rules,
		},
		&rbacv1.RoleBinding{
			TypeMeta:   metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "RoleBinding"},
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace, Labels: ourLabels()}, Subjects: subjects,
			RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: name},
		})
}

func groupSubject(name string) rbacv1.Subject {
	return rbacv1.Subject{Kind: rbacv1.GroupKind, APIGroup: rbacv1.GroupName, Name: name}
}

func ourLabels() map[string]string {
	return map[string]string{"app.kubernetes.io/name": "opsbot", "app.kubernetes.io/managed-by": "opsbot"}
}

func sortedSet(values []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(values)))
}
