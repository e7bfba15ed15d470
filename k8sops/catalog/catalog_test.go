package catalog

import (
	"testing"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/backup"

	"github.com/stretchr/testify/require"
)

func testDeps(t *testing.T) Config {
	store, err := backup.Open(t.Context(), "mem://")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	d := Default()
	d.Platform, d.Backups = optest.TestPlatform(), store
	return d
}

func testCatalog(t *testing.T, d Config) []k8sops.Operation {
	ops, err := New(d)
	require.NoError(t, err)
	return ops
}
