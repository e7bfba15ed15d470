package generate

import (
	"slices"

	"k8s.io/apimachinery/pkg/runtime"

	"opsbot/app/configured"
	"opsbot/configs"
	"opsbot/k8sops"
	"opsbot/k8sops/clusterevents"
	"opsbot/k8sops/rbac"
)

// RBACYAML is the generated RBAC of the first cluster, for kubectl apply.
func RBACYAML(c configs.Config) ([]byte, error) {
	catalog, err := configured.DescribedCatalog(c)
	if err != nil {
		return nil, err
	}
	return rbac.RBACYAML(catalog, rbacOptions(c))
}

// Where the bot's own account lives, in the generated RBAC and in the demo.
const (
	BotNamespace = "opsbot"
	BotAccount   = "opsbot"
)

// rbacOptions grant what the configuration needs on its first cluster, and nothing else.
func rbacOptions(c configs.Config) rbac.Options {
	cluster := c.AllClusters()[0]
	users, groups := impersonated(c, cluster)
	own := k8sops.OwnGroups()
	groups = slices.DeleteFunc(groups, func(g string) bool { return slices.Contains(own, g) })
	return rbac.Options{
		Namespaces: []string{cluster.Namespace}, BotNamespace: BotNamespace, BotName: BotAccount, Users: users, Groups: groups,
	}
}

// impersonated are the user and group names that opsbot must be able to act as: exactly those that are configured.
func impersonated(c configs.Config, cluster configs.Kubernetes) (users, groups []string) {
	if cluster.Observe != 0 {
		users = append(users, clusterevents.ObserverUser)
	}
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
	return rbac.Objects(catalog, rbacOptions(c))
}
