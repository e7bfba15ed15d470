package workload

import "opsbot/k8sops"

// patchTemplates is the access that changing a pod template takes.
func patchTemplates() []k8sops.Access {
	return []k8sops.Access{
		{Verb: "patch", Group: "apps", Resource: "deployments"},
		{Verb: "patch", Group: "apps", Resource: "statefulsets"},
		{Verb: "patch", Group: "apps", Resource: "daemonsets"},
	}
}
