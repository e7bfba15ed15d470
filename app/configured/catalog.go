package configured

import (
	"slices"
	"time"

	"opsbot/configs"
	"opsbot/handlers/operations"
	"opsbot/handlers/roster"
	"opsbot/k8sops"
	"opsbot/k8sops/backup"
	"opsbot/k8sops/catalog"
	"opsbot/k8sops/filebackup"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/logfiles"
	"opsbot/k8sops/runbooks"
	"opsbot/k8sops/security"
	"opsbot/monitoring"
)

// Sources are what operations work with that are not on Kubernetes.
type Sources struct {
	Backups    backup.Store
	Schedules  kube.Schedules
	Findings   security.Memory
	Runbooks   runbooks.Store
	Incidents  operations.IncidentService
	Timelines  operations.Timelines
	Assignable operations.Assignable
	OnCall     roster.OnCall
	Runs       operations.RunControl
	Approvals  operations.ApprovalControl
}

// Catalog is every operation: those on Kubernetes, on incidents and on who is on call, sorted by name.
func Catalog(c configs.Config, s Sources) ([]k8sops.Operation, error) {
	deps := catalog.Default()
	for _, cluster := range c.AllClusters() {
		deps.Clusters = append(deps.Clusters, cluster.Name)
	}
	keys, err := BackupKeys(c.Backup)
	if err != nil {
		return nil, err
	}
	if deps.Metrics, err = Metrics(c.Prometheus); err != nil {
		return nil, err
	}
	deps.Plot = monitoring.DailyPNG
	deps.Backups, deps.Retention, deps.Keys = s.Backups, c.Backup.Retention, keys
	deps.Jobs, deps.Reports = Jobs(c), s.Backups // reports lie beside the backups, below jobs/
	for _, p := range c.Logs.Clean {
		deps.LogFiles = append(deps.LogFiles, logfiles.Place(p))
	}
	for _, p := range c.Backup.Files {
		deps.Files = append(deps.Files, filebackup.Place(p))
	}
	deps.Database = kube.Database{
		Workload: DatabaseWorkload(c), Selector: c.Database.Selector, Container: c.Database.Container, ConfigMap: c.Database.ConfigMap,
		Name: c.Database.Name, User: c.Database.User,
	}
	deps.Schedules, deps.Zone = s.Schedules, s.OnCall.Zone
	deps.Certificates = c.Access.TLSSecrets
	deps.Runbooks = s.Runbooks
	deps.Findings, deps.ScanJob = s.Findings, c.Security.ScanJob
	deps.Cache = kube.Cache{Workload: c.Cache.Workload, Secret: c.Cache.Secret}
	deps.Care = kube.Care{
		Protected: c.Approval.Protected, ProtectData: c.Approval.ProtectData, DefaultMinReplicas: c.Approval.MinReplicas,
		ManyDown: c.Approval.ManyDown, Registries: c.Approval.Registries,
	}
	onIncidents := operations.Incidents{Service: s.Incidents, Timelines: s.Timelines, Assignable: s.Assignable, Locale: c.Locale, Now: time.Now}
	followUps := operations.FollowUps{Service: s.Incidents, Assignable: s.Assignable, Zone: s.OnCall.Zone, Now: time.Now}
	return catalog.New(deps, slices.Concat(
		onIncidents.Operations(), followUps.Operations(), s.OnCall.Operations(), operations.RunOperations(s.Runs, time.Now), operations.ApprovalOperations(s.Approvals),
	)...)
}

// DatabaseWorkload is what runs the database, NAME or KIND/NAME.
func DatabaseWorkload(c configs.Config) string {
	if c.Database.Deployment != "" {
		return "deployment/" + c.Database.Deployment
	}
	return c.Database.Workload
}

// DescribedCatalog is the catalogue for reading only: for manifests, RBAC and documents, where nothing is run.
func DescribedCatalog(c configs.Config) ([]k8sops.Operation, error) {
	return Catalog(c, Sources{})
}
