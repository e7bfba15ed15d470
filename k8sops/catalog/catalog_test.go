package catalog

import (
	"testing"
	"time"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/backup"
	"opsbot/runs"

	"github.com/stretchr/testify/require"
)

func testDeps(t *testing.T) Config {
	store, err := backup.Open(t.Context(), "mem://")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	d := Default()
	d.Platform, d.Backups = optest.TestPlatform(), store
	_, err = d.Schedules.AddSchedule(t.Context(), runs.Schedule{
		Plan: "planned before", Cluster: "demo", Namespace: optest.TestNamespace, State: runs.Active, Due: optest.TestNow().Add(24 * time.Hour), Command: "scale user 6",
	})
	require.NoError(t, err)
	return d
}

func testCatalog(t *testing.T, d Config) []k8sops.Operation {
	ops, err := New(d)
	require.NoError(t, err)
	return ops
}
