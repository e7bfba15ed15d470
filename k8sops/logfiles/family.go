package logfiles

import (
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// Place is where a workload's container leaves log files. Only such places are ever looked into.
type Place struct {
	Workload  string // NAME or KIND/NAME
	Container string // "" where the pod's annotation or its only container tells
	Paths     []string
	Logrotate string // logrotate's configuration in the container, "" for none
}

// Deps are what the operations need.
type Deps struct {
	kube.Platform
	Places []Place
}

// Operations are none where no place is configured.
func Operations(d Deps) []k8sops.Operation {
	if len(d.Places) == 0 {
		return nil
	}
	return []k8sops.Operation{clean{d}.spec().Operation()}
}
