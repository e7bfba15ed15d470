package filebackup

import (
	"opsbot/k8sops"
	"opsbot/k8sops/backup"
	"opsbot/k8sops/podfiles"
)

// Place is which directories of a workload's container are backed up. No others are ever read.
type Place struct {
	Workload  string // NAME or KIND/NAME
	Container string // "" where the pod's annotation or its only container tells
	Paths     []string
}

// Deps are what the operation needs.
type Deps struct {
	backup.Deps
	Places []Place
}

// Operations are none where no place is configured.
func Operations(d Deps) []k8sops.Operation {
	if len(d.Places) == 0 {
		return nil
	}
	return []k8sops.Operation{backupFiles{d}.spec().Operation()}
}

// places are where the configuration says that files are.
func (d Deps) places() podfiles.Places {
	p := podfiles.Places{Platform: d.Platform, Setting: "backup.files", Arg: "service"}
	for _, place := range d.Places {
		p.Workloads = append(p.Workloads, place.Workload)
	}
	return p
}
