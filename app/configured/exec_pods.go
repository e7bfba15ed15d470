package configured

import (
	"opsbot/configs"
	"opsbot/k8sops/rbac"
)

// ExecPods are the pods that a program may be run in: those of the database, of the cache, with log files to remove and
// with files to back up. Labels say nothing about names: with a selector there are none, unless they are written down.
func ExecPods(c configs.Config) []string {
	switch {
	case len(c.Access.ExecPods) > 0:
		return c.Access.ExecPods
	case c.Database.Selector != "":
		return nil
	}
	pods := []string{rbac.PodsOf(DatabaseWorkload(c))}
	if c.Cache.Workload != "" {
		pods = append(pods, rbac.PodsOf(c.Cache.Workload))
	}
	for _, p := range c.Logs.Clean {
		pods = append(pods, rbac.PodsOf(p.Workload))
	}
	for _, p := range c.Backup.Files {
		pods = append(pods, rbac.PodsOf(p.Workload))
	}
	return pods
}
