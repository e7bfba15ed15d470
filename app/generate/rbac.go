package generate

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"

	"opsbot/app/configured"
	"opsbot/configs"
	"opsbot/k8sops"
	"opsbot/k8sops/clusterevents"
	"opsbot/k8sops/rbac"
)

// RBACChoice is what the person who asks for RBAC decides.
type RBACChoice struct {
	// Unconstrained is for an API server that has no constrained impersonation.
	Unconstrained bool
	// Without are operations that nobody gets rights for.
	Without []string
}

// RBACYAML is the generated RBAC of the first cluster, for kubectl apply: for every operation, with constrained impersonation.
func RBACYAML(c configs.Config) ([]byte, error) { return RBACChoice{}.YAML(c) }

// YAML is the generated RBAC of the first cluster, for kubectl apply.
func (r RBACChoice) YAML(c configs.Config) ([]byte, error) {
	catalog, err := configured.DescribedCatalog(c)
	if err != nil {
		return nil, err
	}
	for _, name := range r.Without {
		left := slices.DeleteFunc(slices.Clone(catalog), func(op k8sops.Operation) bool { return op.Name == name })
		if len(left) == len(catalog) {
			return nil, fmt.Errorf("generate RBAC: there is no operation %q to leave out; opsbot operations lists them", name)
		}
		catalog = left
	}
	return rbac.RBACYAML(catalog, rbacOptions(c, !r.Unconstrained))
}

// Where the bot's own account lives, in the generated RBAC and in the demo.
const (
	BotNamespace = "opsbot"
	BotAccount   = "opsbot"
)

// rbacOptions grant what the configuration needs on its first cluster, and nothing else.
func rbacOptions(c configs.Config, constrained bool) rbac.Options {
	cluster := c.AllClusters()[0]
	users, groups := impersonated(c)
	own := k8sops.OwnGroups()
	groups = slices.DeleteFunc(groups, func(g string) bool { return slices.Contains(own, g) })
	return rbac.Options{
		Namespaces: []string{cluster.Namespace}, BotNamespace: BotNamespace, BotName: BotAccount, Users: users, Groups: groups,
		Constrained: constrained, Kinds: c.Access.Kinds, ExecPods: configured.ExecPods(c), People: people(c, users),
	}
}

// people are the users of each group that begins as opsbot's do. A group that a Slack user group gives is open to every user.
func people(c configs.Config, users []string) map[string][]string {
	of := map[string][]string{k8sops.ViewerGroup: users}
	for _, row := range configured.Identities(c) {
		for _, group := range row.Groups {
			switch {
			case !strings.HasPrefix(group, k8sops.GroupPrefix) || group == k8sops.ViewerGroup:
			case row.User == "":
				of[group] = users
			default:
				of[group] = append(slices.Clone(of[group]), row.User)
			}
		}
	}
	for group := range of {
		slices.Sort(of[group])
		of[group] = slices.Compact(of[group])
	}
	return of
}

// impersonated are the user and group names that opsbot must be able to act as: exactly those that are configured.
func impersonated(c configs.Config) (users, groups []string) {
	users = append(users, clusterevents.ObserverUser)
	for _, row := range configured.Identities(c) {
		if row.User != "" {
			users = append(users, row.User)
		}
		groups = append(groups, row.Groups...)
	}
	slices.Sort(users)
	slices.Sort(groups)
	return slices.Compact(users), slices.Compact(groups)
}

// RBACObjects is the generated RBAC, as `opsbot rbac` prints it.
func RBACObjects(c configs.Config) ([]runtime.Object, error) {
	catalog, err := configured.DescribedCatalog(c)
	if err != nil {
		return nil, err
	}
	return rbac.Objects(catalog, rbacOptions(c, true))
}
