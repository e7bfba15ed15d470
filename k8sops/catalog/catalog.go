package catalog

import (
	"slices"
	"strings"
	"time"

	"opsbot/k8sops"
	"opsbot/k8sops/access"
	"opsbot/k8sops/backup"
	"opsbot/k8sops/capacity"
	"opsbot/k8sops/certs"
	"opsbot/k8sops/database"
	"opsbot/k8sops/filebackup"
	"opsbot/k8sops/help"
	"opsbot/k8sops/inspect"
	"opsbot/k8sops/jobs"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/logfiles"
	"opsbot/k8sops/logs"
	"opsbot/k8sops/metrics"
	"opsbot/k8sops/network"
	"opsbot/k8sops/rbac"
	"opsbot/k8sops/runbooks"
	"opsbot/k8sops/scaling"
	"opsbot/k8sops/secrets"
	"opsbot/k8sops/security"
	"opsbot/k8sops/workload"
)

// Config is what the operations need.
type Config struct {
	backup.Deps
	// Jobs are those that can be run, and Reports keeps what they print.
	Jobs    []jobs.Job
	Reports jobs.Store
	// Findings remembers what /security has found, and ScanJob is which of the Jobs scans images, "" for none.
	Findings security.Memory
	ScanJob  string
	// Metrics are what Prometheus is asked.
	Metrics metrics.Source
	// Plot draws the lines of /capacity; nil where nothing does.
	Plot func(days []time.Time, names []string, lines [][]float64) ([]byte, error)
	// Runbooks keeps the guided runs; nil where operations are only described.
	Runbooks runbooks.Store
	// LogFiles are where old log files may be removed.
	LogFiles []logfiles.Place
	// Files are what may be backed up of what programs keep in their containers.
	Files []filebackup.Place
	// Clusters are the names of those that the operations on Kubernetes can be called for, the default one first. Nil in tests
	// that know one only.
	Clusters []string
}

// Default has the handbook's figures; Backups and Reports stay nil, and there are no Jobs.
func Default() Config {
	return Config{Deps: backup.Deps{Platform: kube.Handbook(), Retention: 7 * 24 * time.Hour}}
}

// New is every operation, sorted by name: those on Kubernetes, and more that the caller adds (on incidents). A
// duplicate name or a faulty declaration is an error.
func New(d Config, more ...k8sops.Operation) ([]k8sops.Operation, error) {
	if err := d.Validate(); err != nil {
		return nil, err
	}
	if d.Backups != nil {
		d.LastBackup = backup.LastBackup(d.Backups)
	}
	help, setCatalog := help.Operations()
	look, scale := inspect.Operations(d.Platform), scaling.Operations(d.Platform)
	d.Metrics.Several = len(d.Clusters) > 1
	ops := slices.Concat(
		help, look, workload.Operations(d.Platform), scale, []k8sops.Operation{scaling.Advice(d.Platform, d.Metrics)},
		logs.Operations(d.Platform), logfiles.Operations(logfiles.Deps{Platform: d.Platform, Places: d.LogFiles}),
		backup.Operations(d.Deps), filebackup.Operations(filebackup.Deps{Deps: d.Deps, Places: d.Files}), secrets.Operations(d.Platform),
		database.Operations(d.Platform), certs.Operations(d.Platform), network.Operations(d.Platform), access.Operations(d.Platform),
		capacity.Operations(capacity.Deps{Platform: d.Platform, Metrics: d.Metrics, Plot: d.Plot}),
		security.Operations(security.Deps{Platform: d.Platform, Memory: d.Findings, ScanJob: d.ScanJob}),
		[]k8sops.Operation{inspect.Watch(d.Platform, named(slices.Concat(look, scale), "top", "hpa"))},
		jobs.Operations(jobs.Deps{Platform: d.Platform, Jobs: d.Jobs, Reports: d.Reports}),
	)
	guided, setSteps := runbooks.Operations(runbooks.Deps{Platform: d.Platform, Runs: d.Runbooks}, ops)
	ops = append(ops, guided...)
	k8sops.AddClusterArg(ops, d.Clusters)
	ops = append(ops, more...)
	slices.SortFunc(ops, func(a, b k8sops.Operation) int { return strings.Compare(a.Name, b.Name) })
	rbac.SetLimits(ops)
	setCatalog(ops)
	setSteps(ops)
	return ops, k8sops.CheckCatalog(ops)
}

// named are some of the operations, by their names.
func named(ops []k8sops.Operation, names ...string) map[string]k8sops.Operation {
	chosen := map[string]k8sops.Operation{}
	for _, op := range ops {
		if slices.Contains(names, op.Name) {
			chosen[op.Name] = op
		}
	}
	return chosen
}
