package catalog

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/backup"
	"opsbot/testcluster"
)

// Whatever makes pods, what keeps them away is its answer: also of what restarts services at its end, and of an autoscaler.
func TestLiveWhatStandsInTheWayOfServicesThatAreRestarted(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane")
	}
	database, err := testcluster.StartPostgres(t.Context(), "")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, database.Close()) })
	l := startLive(t, database)
	execSQL(t, database.DSN(), "CREATE ROLE app LOGIN PASSWORD 'first-password'; GRANT SELECT ON orders TO app")
	_, err = l.cluster.Client().CoreV1().Secrets(l.namespace).Create(t.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "app-db"}, StringData: map[string]string{"username": "app", "password": "first-password"},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	l.readsSecret(t, "order-service", "app-db")
	l.do(t, k8sops.DBA, "backup db")
	backups, err := backup.List(t.Context(), l.deps.Backups, "test", l.namespace)
	require.NoError(t, err)
	l.settles(t, "user", "payment")
	l.proven(t, "deploy user :1.8")
	l.deps.RolloutTimeout = 30 * time.Second
	l.ops = testCatalog(t, l.deps)

	blocked := func(t *testing.T, line, why string) {
		t.Helper()
		p, proof, err := l.waits(t, line)
		require.NoError(t, err)
		require.False(t, proof.OK, "%v", proof.Summary)
		require.Contains(t, p.Text(proof.Summary), why)
		require.Less(t, time.Since(p.since), 45*time.Second)
		t.Logf("%s after %v: %s %v", line, time.Since(p.since), p.Text(proof.Summary), proof.Suggest)
	}
	requests := `{"spec":{"template":{"spec":{"containers":[{"name":"order-service","resources":{"requests":{"cpu":"900"},"limits":{"cpu":"900"}}}]}}}}`
	_, err = l.cluster.Client().AppsV1().Deployments(l.namespace).Patch(t.Context(), "order-service", "application/strategic-merge-patch+json", []byte(requests), metav1.PatchOptions{})
	require.NoError(t, err)
	for _, line := range []string{"secret rotate app-db password", "restore db " + backups[0].ID} {
		t.Run("no node: "+strings.Fields(line)[0], func(t *testing.T) { blocked(t, line, "Insufficient cpu") })
	}
	l.fillsQuota(t)
	for _, line := range []string{"hpa payment --min 4 --max 6 --cpu 70", "rollback user", "secret rotate app-db password", "restore db " + backups[0].ID} {
		t.Run("quota: "+strings.Fields(line)[0], func(t *testing.T) { blocked(t, line, "exceeded quota") })
	}
}
