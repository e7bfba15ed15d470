package catalog

import (
	"archive/tar"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/k8sops"
	"opsbot/k8sops/backup"
	"opsbot/k8sops/filebackup"
	"opsbot/k8sops/rbac"
)

// What is stored are the bytes of the container, and no program runs in a pod that is not configured.
func TestLiveFilesAreBackedUp(t *testing.T) {
	l := startLive(t, nil, func(o *rbac.Options) { o.ExecPods = []string{rbac.PodsOf("deployment/user-service")} })
	_, _, _, proof := l.do(t, k8sops.System, "scale user 1")
	require.True(t, proof.OK, "%v", proof.Summary)
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "cat.png"), []byte("a cat"), 0o600))
	l.deps.Files = []filebackup.Place{{Workload: "user-service", Paths: []string{dir, filepath.Join(dir, "missing")}}, {Workload: "order-service", Paths: []string{dir}}}
	l.ops = testCatalog(t, l.deps)

	_, _, result, proof := l.do(t, k8sops.System, "backup files user "+dir)
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Contains(t, shownCard(t, result.Card), "2 entries, 5 B in files")
	all, err := backup.ListFiles(t.Context(), l.deps.Backups, "test", l.namespace)
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.False(t, all[0].VerifiedAt.IsZero())
	require.NoError(t, l.deps.Read(t.Context(), &all[0], func(r io.Reader) error {
		archive := tar.NewReader(r)
		_, err := archive.Next() // the directory
		require.NoError(t, err)
		h, err := archive.Next()
		require.NoError(t, err)
		require.Equal(t, "."+dir+"/cat.png", h.Name)
		content, err := io.ReadAll(archive)
		require.Equal(t, "a cat", string(content))
		return err
	}))
	_, _, result, _ = l.do(t, k8sops.System, "backups")
	require.Contains(t, shownCard(t, result.Card), "files: "+dir+" of Deployment/user-service")

	require.Equal(t, k8sops.CodeFailed, l.refused(t, "backup files user "+dir+"/missing").Code)
	require.Equal(t, k8sops.CodeForbidden, l.refused(t, "backup files order").Code)
	all, err = backup.ListFiles(t.Context(), l.deps.Backups, "test", l.namespace)
	require.NoError(t, err)
	require.Len(t, all, 1)
}
