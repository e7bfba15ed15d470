package catalog

import (
	"testing"
	"time"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/backup"
	"opsbot/k8sops/filebackup"
	"opsbot/k8sops/jobs"
	"opsbot/k8sops/logfiles"
	"opsbot/k8sops/rollout"
	"opsbot/runs"

	"github.com/stretchr/testify/require"
)

func testDeps(t *testing.T) Config {
	store, err := backup.Open(t.Context(), "mem://")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	d := Default()
	d.Platform, d.Backups, d.Reports = optest.TestPlatform(), store, store
	d.Jobs, d.Runbooks = testJobs(), &optest.GuidedRuns{}
	d.LogFiles = []logfiles.Place{{Workload: "postgres", Container: "postgres", Paths: []string{"/var/log/app"}, Logrotate: "/etc/logrotate.conf"}}
	d.Files = []filebackup.Place{{Workload: "postgres", Container: "postgres", Paths: []string{"/var/uploads"}}}
	_, err = d.Schedules.AddSchedule(t.Context(), runs.Schedule{
		Plan: "planned before", Cluster: "demo", Namespace: optest.TestNamespace, State: runs.Active, Due: optest.TestNow().Add(24 * time.Hour), Command: "scale user 6",
	})
	require.NoError(t, err)
	return d
}

// testJobs echo a report.
func testJobs() []jobs.Job {
	report := `report: {"requests": 1200, "p50": 12.5, "p95": 40, "p99": 88, "errors": 0.01}`
	return []jobs.Job{{
		JobTemplate: rollout.JobTemplate{
			Name: "load-test", Image: "load-test:1.0", Command: []string{"echo"}, Args: []string{"warming up", report}, ServiceAccount: "default", Deadline: 10 * time.Minute,
		},
		Report: "report:", Profiles: []jobs.Profile{{Name: "smoke", Env: []rollout.JobVariable{{Name: "VUS", Value: "5"}}}},
	}}
}

func testCatalog(t *testing.T, d Config) []k8sops.Operation {
	ops, err := New(d)
	require.NoError(t, err)
	return ops
}
