package security

import (
	"context"
	"errors"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"opsbot/k8sops"
	"opsbot/messages"
)

// rights are the roles that give more than a look at what they list would say.
type rights struct {
	// anything: every verb on every resource; wildcard: every verb, or every resource, of some group.
	anything, wildcard map[string]bool
	// secrets: reads Secrets without naming them.
	secrets map[string]bool
}

// roleKey tells a Role from a ClusterRole of the same name.
func roleKey(kind, name string) string { return kind + "/" + name }

const (
	clusterRole = "ClusterRole"
	roleOfOne   = "Role"
)

// rbac finds risky bindings: of the namespace and, where the person may see them, of the cluster.
func (l *look) rbac(ctx context.Context, call *k8sops.Call) error {
	api := call.Client.Kubernetes.RbacV1()
	r := rights{map[string]bool{}, map[string]bool{}, map[string]bool{}}
	wide := eachPage(ctx, api.ClusterRoles().List, func(page *rbacv1.ClusterRoleList) {
		for _, role := range page.Items {
			r.add(roleKey(clusterRole, role.Name), role.Rules)
		}
	})
	if wide == nil {
		wide = eachPage(ctx, api.ClusterRoleBindings().List, func(page *rbacv1.ClusterRoleBindingList) {
			for _, b := range page.Items {
				l.binding(call, r, "clusterrolebinding/"+b.Name, b.RoleRef, b.Subjects, true)
			}
		})
	}
	if wide != nil && !forbidden(wide) {
		return k8sops.Explain("list cluster roles", wide)
	}
	if wide != nil {
		l.unseen(messages.New("k8sops.security.no_cluster_roles"), kindAnything, kindWildcard, kindDefault, kindEverybody, kindAllSecrets)
	}
	err := errors.Join(
		eachPage(ctx, api.Roles(call.Namespace).List, func(page *rbacv1.RoleList) {
			for _, role := range page.Items {
				r.add(roleKey(roleOfOne, role.Name), role.Rules)
			}
		}),
		eachPage(ctx, api.RoleBindings(call.Namespace).List, func(page *rbacv1.RoleBindingList) {
			for _, b := range page.Items {
				l.binding(call, r, "rolebinding/"+b.Name, b.RoleRef, b.Subjects, false)
			}
		}),
	)
	return k8sops.Explain("list roles", err)
}

func (r rights) add(key string, rules []rbacv1.PolicyRule) {
	for _, rule := range rules {
		verbs, resources := slices.Contains(rule.Verbs, "*"), slices.Contains(rule.Resources, "*")
		switch {
		case verbs && resources && slices.Contains(rule.APIGroups, "*"):
			r.anything[key] = true
		case len(rule.Resources) > 0 && (verbs || resources):
			r.wildcard[key] = true
		}
		if readsSecrets(rule) {
			r.secrets[key] = true
		}
	}
}

// readsSecrets reports whether a rule lets all Secrets be read, not only some that it names.
func readsSecrets(rule rbacv1.PolicyRule) bool {
	has := func(list []string, words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(list, word) })
	}
	return len(rule.ResourceNames) == 0 && has(rule.APIGroups, "", "*") && has(rule.Resources, "secrets", "*") && has(rule.Verbs, "get", "list", "watch", "*")
}

// binding looks at what a binding gives to whom. What Kubernetes itself binds to its own parts is left out.
func (l *look) binding(call *k8sops.Call, r rights, binding string, ref rbacv1.RoleRef, subjects []rbacv1.Subject, wide bool) {
	key := roleKey(ref.Kind, ref.Name)
	for _, s := range subjects {
		if s.Kind == rbacv1.ServiceAccountKind && s.Namespace == "" {
			s.Namespace = call.Namespace
		}
		args := []any{"subject", messages.Code(nameOf(s)), "role", messages.Code(strings.ToLower(ref.Kind) + "/" + ref.Name), "binding", messages.Code(binding)}
		kind, tone, text := r.risk(call.Namespace, key, s, wide, args)
		if isEverybody(s) {
			kind, tone, text = r.riskOfAll(key, ref.Name, args)
		}
		if kind != "" {
			l.findings = append(l.findings, newFinding(kind, tone, binding, nameOf(s)+" "+key, text))
		}
	}
}

// risk is what a binding gives to one subject, "" where that is nothing to speak of.
func (r rights) risk(namespace, key string, s rbacv1.Subject, wide bool, args []any) (kind string, tone messages.Tone, text messages.Text) {
	switch {
	case isKubernetes(s):
		return "", "", messages.Text{}
	case isDefaultAccount(s) && (s.Namespace == namespace || r.anything[key]):
		return kindDefault, messages.ToneWarning, messages.New("k8sops.security.default_account", args...)
	case r.anything[key] && wide:
		return kindAnything, messages.ToneBad, messages.New("k8sops.security.anything", args...)
	case r.anything[key]:
		return kindAnything, messages.ToneWarning, messages.New("k8sops.security.anything_here", args...)
	case r.wildcard[key]:
		return kindWildcard, messages.ToneWarning, messages.New("k8sops.security.wildcard", args...)
	}
	return "", "", messages.Text{}
}

// riskOfAll is what a binding gives to all users or all pods. What Kubernetes lets everybody do, such as discovery, is left out.
func (r rights) riskOfAll(key, role string, args []any) (kind string, tone messages.Tone, text messages.Text) {
	switch {
	case strings.HasPrefix(role, "system:"):
		return "", "", messages.Text{}
	case r.secrets[key]:
		return kindAllSecrets, messages.ToneBad, messages.New("k8sops.security.secrets_for_all", args...)
	}
	return kindEverybody, messages.ToneWarning, messages.New("k8sops.security.rights_for_all", args...)
}

// nameOf is a subject as people write it.
func nameOf(s rbacv1.Subject) string {
	if s.Kind == rbacv1.ServiceAccountKind {
		return "serviceaccount/" + s.Namespace + "/" + s.Name
	}
	return strings.ToLower(s.Kind) + "/" + s.Name
}

// isEverybody reports whether a subject is all users, or all pods of the cluster or of a namespace.
func isEverybody(s rbacv1.Subject) bool {
	switch s.Name {
	case "system:authenticated", "system:unauthenticated", "system:anonymous", "system:serviceaccounts":
		return s.Kind != rbacv1.ServiceAccountKind
	}
	return s.Kind == rbacv1.GroupKind && strings.HasPrefix(s.Name, "system:serviceaccounts:")
}

// isKubernetes reports whether a subject is a part of Kubernetes itself.
func isKubernetes(s rbacv1.Subject) bool {
	if s.Kind == rbacv1.ServiceAccountKind {
		return s.Namespace == "kube-system" && s.Name != "default"
	}
	return strings.HasPrefix(s.Name, "system:")
}

// isDefaultAccount: every pod that names no account of its own runs as this one.
func isDefaultAccount(s rbacv1.Subject) bool {
	return s.Kind == rbacv1.ServiceAccountKind && s.Name == "default"
}
