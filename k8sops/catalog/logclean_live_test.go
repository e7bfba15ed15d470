package catalog

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/k8sops"
	"opsbot/k8sops/logfiles"
	"opsbot/k8sops/rbac"
)

// Old files go from the container, what is written to stays, and no program runs in a pod that is not configured.
func TestLiveOldLogFilesAreRemoved(t *testing.T) {
	l := startLive(t, nil, func(o *rbac.Options) { o.ExecPods = []string{rbac.PodsOf("deployment/user-service")} })
	_, _, _, proof := l.do(t, k8sops.System, "scale user 1")
	require.True(t, proof.OK, "%v", proof.Summary)
	dir, long := t.TempDir(), time.Now().Add(-10*24*time.Hour)
	old, young := filepath.Join(dir, "old.log"), filepath.Join(dir, "young.log")
	for _, path := range []string{old, young} {
		require.NoError(t, os.WriteFile(path, []byte("0123456789"), 0o600))
	}
	require.NoError(t, os.Chtimes(old, long, long))
	l.deps.LogFiles = []logfiles.Place{{Workload: "user-service", Paths: []string{dir}}, {Workload: "order-service", Paths: []string{dir}}}
	l.ops = testCatalog(t, l.deps)

	_, plan, result, proof := l.do(t, k8sops.System, "logs clean user")
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Len(t, plan.Changes, 1)
	require.Contains(t, shownCard(t, result.Card), "Removed 1 log file, 10 B freed")
	require.NoFileExists(t, old)
	require.FileExists(t, young)

	require.Equal(t, k8sops.CodeForbidden, l.refused(t, "logs clean order").Code)
}
