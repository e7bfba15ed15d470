package k8sops

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func testDeps(t *testing.T) Deps {
	store, err := OpenBackupStore(t.Context(), "mem://")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	d := DefaultDeps()
	d.Platform, d.Backups = testPlatform(), store
	return d
}

func testCatalog(t *testing.T, d Deps) []Operation {
	ops, err := Catalog(d)
	require.NoError(t, err)
	return ops
}
