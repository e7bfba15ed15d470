package configured

import (
	"time"

	"opsbot/configs"
	"opsbot/handlers"
	"opsbot/handlers/operations"
	"opsbot/k8sops"
	"opsbot/k8sops/backup"
	"opsbot/k8sops/catalog"
	"opsbot/k8sops/kube"
)

// Catalog is every operation: those on Kubernetes, on incidents and on who is on call, sorted by name.
func Catalog(c configs.Config, backups backup.Store, incidents handlers.Incidents, timelines operations.Timelines, assignable operations.Assignable, onCall operations.OnCall) ([]k8sops.Operation, error) {
	deps := catalog.Default()
	deps.Backups, deps.Retention = backups, c.Backup.Retention
	deps.Database = kube.Database{
		Workload: c.Database.Workload, Selector: c.Database.Selector, Container: c.Database.Container, Name: c.Database.Name, User: c.Database.User,
	}
	if c.Database.Deployment != "" {
		deps.Database.Workload = "deployment/" + c.Database.Deployment
	}
	deps.Protected, deps.DefaultMinReplicas = c.Approval.Protected, c.Approval.MinReplicas
	more := operations.IncidentOperations(incidents, timelines, assignable, c.Locale, time.Now)
	followUps := operations.FollowUps{Incidents: incidents, Assignable: assignable, Zone: onCall.Zone, Now: time.Now}
	more = append(more, followUps.Operations()...)
	return catalog.New(deps, append(more, onCall.Operations()...)...)
}

// DescribedCatalog is the catalogue for reading only: for manifests, RBAC and documents, where nothing is run.
func DescribedCatalog(c configs.Config) ([]k8sops.Operation, error) {
	return Catalog(c, nil, nil, nil, nil, operations.OnCall{})
}
