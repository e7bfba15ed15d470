package access

import (
	"maps"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"opsbot/messages"
)

// risk is a kind of right with which more can be done than it seems. The first is the gravest.
type risk int

const (
	everything risk = iota
	moreRights
	admission
	readsSecrets
	makesTokens
	startsPods
	actsAsOthers
	runsPrograms
)

// text says what the subject can do with it.
func (r risk) text() messages.Text {
	switch r {
	case everything:
		return messages.New("k8sops.rights.risk.everything")
	case moreRights:
		return messages.New("k8sops.rights.risk.more_rights")
	case admission:
		return messages.New("k8sops.rights.risk.admission")
	case readsSecrets:
		return messages.New("k8sops.rights.risk.secrets")
	case makesTokens:
		return messages.New("k8sops.rights.risk.tokens")
	case startsPods:
		return messages.New("k8sops.rights.risk.pods")
	case actsAsOthers:
		return messages.New("k8sops.rights.risk.others")
	}
	return messages.New("k8sops.rights.risk.programs")
}

// tone: with the first of them, somebody can take everything.
func (r risk) tone() messages.Tone {
	if r <= readsSecrets {
		return messages.ToneBad
	}
	return messages.ToneWarning
}

// right is a verb on a resource, for any object.
type right struct{ verb, group, resource string }

// signs are the rights that make up a risk; any of them is enough.
func (r risk) signs() []right {
	const rbac, hooks = rbacv1.GroupName, "admissionregistration.k8s.io"
	switch r {
	case moreRights:
		return []right{
			{"escalate", rbac, "roles"}, {"escalate", rbac, "clusterroles"}, {"bind", rbac, "roles"}, {"bind", rbac, "clusterroles"},
			{"impersonate", "", "users"}, {"impersonate", "", "groups"}, {"impersonate", "", "serviceaccounts"},
		}
	case admission:
		return changing(hooks, "mutatingwebhookconfigurations", "validatingwebhookconfigurations", "mutatingadmissionpolicies")
	case readsSecrets:
		return []right{{"get", "", "secrets"}, {"list", "", "secrets"}, {"watch", "", "secrets"}}
	case makesTokens:
		return []right{{"create", "", "serviceaccounts/token"}}
	case startsPods:
		return slices.Concat(changing("", "pods", "replicationcontrollers"), changing("apps", "deployments", "statefulsets", "daemonsets", "replicasets"), changing("batch", "jobs", "cronjobs"))
	case runsPrograms:
		return []right{{"create", "", "pods/exec"}, {"get", "", "pods/exec"}, {"create", "", "pods/attach"}, {"update", "", "pods/ephemeralcontainers"}, {"patch", "", "pods/ephemeralcontainers"}, {"create", "", "nodes/proxy"}, {"get", "", "nodes/proxy"}}
	}
	return nil
}

// changing are the rights to make objects or to change what is in them.
func changing(group string, resources ...string) []right {
	var rights []right
	for _, resource := range resources {
		for _, verb := range []string{"create", "update", "patch"} {
			if resource != "pods" || verb == "create" { // of a pod that runs, little can be changed
				rights = append(rights, right{verb, group, resource})
			}
		}
	}
	return rights
}

// risks are those of some rules, the gravest first; everything includes the others.
func risks(rules []rbacv1.PolicyRule) []risk {
	if slices.ContainsFunc(rules, isEverything) {
		return []risk{everything}
	}
	var found []risk
	for r := moreRights; r <= runsPrograms; r++ {
		if slices.ContainsFunc(r.signs(), func(sign right) bool { return allows(rules, sign) }) || r == actsAsOthers && slices.ContainsFunc(rules, isImpersonation) {
			found = append(found, r)
		}
	}
	return found
}

// isImpersonation: also where it is for named people only, and in the constrained form that newer API servers have.
func isImpersonation(r rbacv1.PolicyRule) bool {
	isPerson := func(resource string) bool {
		return slices.Contains([]string{"users", "groups", "serviceaccounts", "uids"}, resource)
	}
	return slices.ContainsFunc(r.Verbs, func(verb string) bool { return strings.HasPrefix(verb, "impersonate") }) && slices.ContainsFunc(r.Resources, isPerson)
}

func isEverything(r rbacv1.PolicyRule) bool {
	return slices.Contains(r.Verbs, rbacv1.VerbAll) && slices.Contains(r.Resources, rbacv1.ResourceAll) && slices.Contains(r.APIGroups, rbacv1.APIGroupAll) && len(r.ResourceNames) == 0
}

// allows reports whether the rules give a right on any object: one on objects that are named does not count.
func allows(rules []rbacv1.PolicyRule, want right) bool {
	has := func(list []string, value string) bool {
		return slices.Contains(list, value) || slices.Contains(list, "*")
	}
	return slices.ContainsFunc(rules, func(r rbacv1.PolicyRule) bool {
		return len(r.ResourceNames) == 0 && has(r.Verbs, want.verb) && has(r.APIGroups, want.group) && has(r.Resources, want.resource)
	})
}

// heldRisk is a risk that somebody's grants bring.
type heldRisk struct {
	risk
	// wide tells that it holds in every namespace.
	wide bool
}

func (h heldRisk) text() messages.Text {
	if h.wide {
		return messages.New("k8sops.rights.everywhere", "risk", h.risk.text())
	}
	return h.risk.text()
}

// risksOf are those of all grants together, the worst first.
func risksOf(grants []grant) []heldRisk {
	wide := map[risk]bool{}
	for _, g := range grants {
		for _, r := range risks(g.rules) {
			wide[r] = wide[r] || g.wide
		}
	}
	var held []heldRisk
	for _, r := range slices.Sorted(maps.Keys(wide)) {
		held = append(held, heldRisk{r, wide[r]})
	}
	return held
}

// gravity sorts people by their risks: the lowest can do the most harm.
func gravity(held []heldRisk) int {
	if len(held) == 0 {
		return 2 * int(runsPrograms+1)
	}
	worst := 2 * int(held[0].risk)
	if !held[0].wide {
		worst++
	}
	return worst
}
