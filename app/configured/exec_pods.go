package configured

import (
	"opsbot/configs"
	"opsbot/k8sops/rbac"
)

// ExecPods are the pods that a program may be run in: the database's. Labels say nothing about names: none then, unless they are
func ExecPods(c configs.Config) []string {
	switch {
	case len(c.Access.ExecPods) > 0:
		return c.Access.ExecPods
	case c.Database.Selector != "":
		return nil
	}
	return []string{rbac.PodsOf(DatabaseWorkload(c))}
}
