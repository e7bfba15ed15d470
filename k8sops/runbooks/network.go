package runbooks

import (
	"strings"

	"opsbot/k8sops"
	"opsbot/messages"
)

// network is /emergency network (handbook: 网络故障): look at the policies and at the connection, take the policies away for a while, look
// again, put them back.
func (d Deps) network() runbook {
	return runbook{
		name:    "emergency network",
		summary: messages.New("k8sops.runbooks.network.summary"),
		danger:  k8sops.Disruptive,
		owners:  []k8sops.Role{k8sops.System, k8sops.Network},
		needs:   "netpol suspend",
		steps: []step{
			look("policies", messages.New("k8sops.runbooks.step.policies"), "netpol", nil),
			look("connection", messages.New("k8sops.runbooks.step.connection"), "net test", d.toDatabase()),
			act("suspend", messages.New("k8sops.runbooks.step.suspend"), "netpol suspend", k8sops.Args{"policy": k8sops.All, "for": "30m"}),
			look("connection without policies", messages.New("k8sops.runbooks.step.connection_again"), "net test", d.toDatabase()),
			act("resume", messages.New("k8sops.runbooks.step.resume"), "netpol resume", nil),
			look("policies afterwards", messages.New("k8sops.runbooks.step.policies_again"), "netpol", nil),
		},
	}
}

// toDatabase is the connection that the handbook tries: from a service to the database, name and port.
func (d Deps) toDatabase() k8sops.Args {
	return k8sops.Args{"service": anyBackend, "target": d.databaseName() + ":5432"}
}

// databaseName is the database's name without its kind.
func (d Deps) databaseName() string {
	_, name, found := strings.Cut(d.Database.Workload, "/")
	if !found {
		return d.Database.Workload
	}
	return name
}
