package access

import (
	"maps"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"opsbot/k8sops"
	"opsbot/messages"
)

// grantText says what a grant is for, and where it comes from.
func grantText(g grant) messages.Text {
	may := rulesText(g.rules)
	if g.missing {
		may = messages.New("k8sops.rights.no_role")
	}
	role, binding := messages.Code(g.role.Name), messages.Code(g.binding)
	if g.wide {
		return messages.New("k8sops.rights.wide", "role", role, "binding", binding, "may", may)
	}
	return messages.New("k8sops.rights.here", "role", role, "binding", binding, "may", may)
}

// rulesText says in words what rules allow.
func rulesText(rules []rbacv1.PolicyRule) messages.Text {
	if slices.ContainsFunc(rules, isEverything) {
		return messages.New("k8sops.rights.everything")
	}
	s := sorted(rules)
	var parts []messages.Text
	if len(s.changed) > 0 {
		parts = append(parts, messages.New("k8sops.rights.changes", "resources", resourceList(s.changed)))
	}
	if len(s.seen) > 0 {
		parts = append(parts, messages.New("k8sops.rights.looks", "resources", resourceList(s.seen)))
	}
	if len(s.others) > 0 {
		parts = append(parts, messages.New("k8sops.rights.others", "actions", resourceList(s.others)))
	}
	if len(parts) == 0 {
		return messages.New("k8sops.rights.nothing")
	}
	return semicolons(parts)
}

func semicolons(texts []messages.Text) messages.Text {
	if len(texts) == 1 {
		return texts[0]
	}
	return messages.New("k8sops.rights.parts", "first", texts[0], "rest", semicolons(texts[1:]))
}

// sortedRules are resources by what may be done with them.
type sortedRules struct{ changed, seen, others []string }

// sorted puts each resource where its verbs belong. A change that is not all of create, update and delete names its verbs.
func sorted(rules []rbacv1.PolicyRule) sortedRules {
	verbs := map[string][]string{}
	for _, r := range rules {
		for _, group := range r.APIGroups {
			for _, resource := range r.Resources {
				name := resourceName(group, resource, r.ResourceNames)
				verbs[name] = append(verbs[name], r.Verbs...)
			}
		}
	}
	var s sortedRules
	for _, name := range slices.Sorted(maps.Keys(verbs)) {
		s.put(name, verbs[name])
	}
	return s
}

func (s *sortedRules) put(name string, verbs []string) {
	slices.Sort(verbs)
	verbs = slices.Compact(verbs)
	has := func(verb string) bool { return slices.Contains(verbs, verb) || slices.Contains(verbs, rbacv1.VerbAll) }
	var changes, others []string
	looks := false
	for _, verb := range verbs {
		switch verb {
		case "get", "list", "watch":
			looks = true
		case "create", "update", "patch", "delete", "deletecollection", rbacv1.VerbAll:
			changes = append(changes, verb)
		default:
			others = append(others, verb)
		}
	}
	whole := has("create") && has("update") && has("delete")
	switch {
	case len(changes) > 0 && whole:
		s.changed = append(s.changed, name)
	case len(changes) > 0:
		s.changed = append(s.changed, name+" ("+strings.Join(changes, ", ")+")")
	case looks:
		s.seen = append(s.seen, name)
	}
	for _, verb := range others {
		s.others = append(s.others, verb+" "+name)
	}
}

// resourceName is the resource as kubectl writes it: "deployments.apps", with the objects where they are named.
func resourceName(group, resource string, objects []string) string {
	name := resource
	if group != "" {
		name = k8sops.Access{Group: group, Resource: resource}.ResourceName()
		if base, sub, has := strings.Cut(resource, "/"); has {
			name = k8sops.Access{Group: group, Resource: base, Subresource: sub}.ResourceName()
		}
	}
	if len(objects) > 0 {
		name += " " + strings.Join(objects, ",")
	}
	return name
}

// shownResources is how many are spelt out.
const shownResources = 15

func resourceList(names []string) messages.Text {
	if len(names) <= shownResources {
		return messages.New("k8sops.rights.list", "names", messages.Code(strings.Join(names, ", ")))
	}
	return messages.New("k8sops.rights.list_more", "names", messages.Code(strings.Join(names[:shownResources], ", ")), "more", len(names)-shownResources)
}
