package configured

import (
	"slices"
	"time"

	"opsbot/configs"
	"opsbot/handlers/operations"
	"opsbot/k8sops"
	"opsbot/k8sops/backup"
	"opsbot/k8sops/catalog"
	"opsbot/k8sops/kube"
)

// Catalog is every operation: those on Kubernetes, on incidents and on who is on call, sorted by name.
func Catalog(c configs.Config, backups backup.Store, schedules kube.Schedules, incidents operations.IncidentService, timelines operations.Timelines, assignable operations.Assignable, onCall operations.OnCall) ([]k8sops.Operation, error) {
	deps := catalog.Default()
	deps.Backups, deps.Retention = backups, c.Backup.Retention
	deps.Jobs, deps.Reports = Jobs(c), backups // reports lie beside the backups, below jobs/
	deps.Database = kube.Database{
		Workload: c.Database.Workload, Selector: c.Database.Selector, Container: c.Database.Container, Name: c.Database.Name, User: c.Database.User,
	}
	if c.Database.Deployment != "" {
		deps.Database.Workload = "deployment/" + c.Database.Deployment
	}
	deps.Schedules, deps.Zone = schedules, onCall.Zone
	deps.Protected, deps.DefaultMinReplicas = c.Approval.Protected, c.Approval.MinReplicas
	onIncidents := operations.Incidents{Service: incidents, Timelines: timelines, Assignable: assignable, Locale: c.Locale, Now: time.Now}
	followUps := operations.FollowUps{Service: incidents, Assignable: assignable, Zone: onCall.Zone, Now: time.Now}
	return catalog.New(deps, slices.Concat(onIncidents.Operations(), followUps.Operations(), onCall.Operations())...)
}

// DescribedCatalog is the catalogue for reading only: for manifests, RBAC and documents, where nothing is run.
func DescribedCatalog(c configs.Config) ([]k8sops.Operation, error) {
	return Catalog(c, nil, nil, nil, nil, nil, operations.OnCall{})
}
