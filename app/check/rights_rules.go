package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	authorizationv1 "k8s.io/api/authorization/v1"
	"k8s.io/client-go/kubernetes"

	"opsbot/k8sops"
)

// people are those whom the configuration lets the bot act as.
type people struct{ users, groups []string }

func peopleOf(ids []k8sops.Identity) people {
	p := people{groups: k8sops.OwnGroups()}
	for _, id := range ids {
		p.users = append(p.users, id.User)
		p.groups = append(p.groups, id.Groups...)
	}
	return p
}

// beyond lists what rules allow besides acting as these people and what every account may.
func (p people) beyond(rules authorizationv1.SubjectRulesReviewStatus) []string {
	var found []string
	for _, rule := range rules.ResourceRules {
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				for _, verb := range rule.Verbs {
					found = append(found, p.one(verb, group, resource, rule.ResourceNames)...)
				}
			}
		}
	}
	for _, rule := range rules.NonResourceRules {
		for _, verb := range rule.Verbs {
			for _, url := range rule.NonResourceURLs {
				if verb != onBehalf+"get" && (verb != "get" || !public(url)) {
					found = append(found, verb+" "+url)
				}
			}
		}
	}
	return found
}

// onBehalf begins the verbs of what the bot may do as somebody else.
const onBehalf = "impersonate-on:user-info:"

func (p people) one(verb, group, resource string, names []string) []string {
	what := fmt.Sprintf("%s %s", verb, k8sops.Access{Group: group, Resource: resource}.ResourceName())
	switch {
	case strings.HasPrefix(verb, onBehalf), verb == "create" && everybodys(group, resource):
		return nil
	case verb != "impersonate" && verb != "impersonate:user-info":
		return []string{what + named(names)}
	}
	var known []string
	switch kind, key, _ := strings.Cut(resource, "/"); kind {
	case "users":
		known = p.users
	case "groups":
		known = p.groups
	case "userextras":
		if slices.Contains(k8sops.ExtraKeys(), key) {
			return nil
		}
	}
	if len(names) == 0 {
		return []string{what}
	}
	strangers := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(known, n) })
	if len(strangers) == 0 {
		return nil
	}
	return []string{what + named(strangers)}
}

// everybodys reports whether the resource is one by which every authenticated account asks about itself.
func everybodys(group, resource string) bool {
	switch group {
	case "authorization.k8s.io":
		return resource == "selfsubjectaccessreviews" || resource == "selfsubjectrulesreviews"
	case "authentication.k8s.io":
		return resource == "selfsubjectreviews"
	}
	return false
}

// public reports whether every authenticated account may read the path.
func public(url string) bool {
	path := strings.TrimSuffix(strings.TrimSuffix(url, "*"), "/")
	return slices.Contains([]string{
		"/api", "/apis", "/openapi", "/version", "/healthz", "/livez", "/readyz", "/.well-known/openid-configuration", "/openid/v1/jwks",
	}, path)
}

func named(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return " " + strings.Join(names, " ")
}

// tellingRights are what a thief of a token would try first.
func tellingRights() []authorizationv1.ResourceAttributes {
	return []authorizationv1.ResourceAttributes{
		{Verb: "*", Group: "*", Resource: "*"},
		{Verb: "list", Resource: "secrets"},
		{Verb: "create", Resource: "pods"},
		{Verb: "create", Resource: "pods", Subresource: "exec"},
		{Verb: "create", Resource: "serviceaccounts", Subresource: "token"},
		{Verb: "patch", Group: "apps", Resource: "deployments"},
		{Verb: "create", Group: "rbac.authorization.k8s.io", Resource: "rolebindings"},
		{Verb: "create", Group: "rbac.authorization.k8s.io", Resource: "clusterrolebindings"},
		{Verb: "escalate", Group: "rbac.authorization.k8s.io", Resource: "clusterroles"},
		{Verb: "get", Resource: "nodes", Subresource: "proxy"},
		{Verb: "impersonate", Resource: "users", Name: nobody},
		{Verb: "impersonate", Resource: "groups", Name: "system:masters"},
		{Verb: "impersonate", Resource: "serviceaccounts"},
		{Verb: "impersonate:user-info", Group: "authentication.k8s.io", Resource: "users", Name: nobody},
		{Verb: "impersonate:serviceaccount", Group: "authentication.k8s.io", Resource: "serviceaccounts"},
		{Verb: "impersonate:arbitrary-node", Group: "authentication.k8s.io", Resource: "nodes"},
	}
}

// telling are those of the telling rights that the client has in a namespace, or with "" everywhere.
func telling(ctx context.Context, client kubernetes.Interface, namespace string) ([]string, error) {
	var can []string
	for _, what := range tellingRights() {
		what.Namespace = namespace
		ok, err := may(ctx, client, &what)
		if err != nil {
			return nil, err
		}
		if ok {
			right := what.Verb + " " + k8sops.Access{Group: what.Group, Resource: what.Resource, Subresource: what.Subresource}.ResourceName()
			if what.Name != "" && what.Name != nobody {
				right += " " + what.Name
			}
			can = append(can, right)
		}
	}
	return can, nil
}

// mostRights bounds what one line lists.
const mostRights = 12

// shown lists rights, each once. Who may do everything needs no list.
func shown(rights []string) string {
	if everything := "* *.*"; slices.Contains(rights, everything) {
		return everything
	}
	var once []string
	for _, right := range rights {
		if !slices.Contains(once, right) {
			once = append(once, right)
		}
	}
	if more := len(once) - mostRights; more > 0 {
		once = append(once[:mostRights], fmt.Sprintf("… (+%d)", more))
	}
	return strings.Join(once, ", ")
}
