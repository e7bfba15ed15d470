package catalog

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/backup"
	"opsbot/testcluster"
)

// The database's container is found by what it is: a proxy stands in front of it, and a native sidecar and an init container beside it.
func TestLiveProgramsRunInTheDatabasesContainer(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane")
	}
	database, err := testcluster.StartPostgres(t.Context(), "")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, database.Close()) })
	l := startLive(t, database)
	beside := `[{"op":"add","path":"/spec/template/spec/containers/0","value":{"name":"proxy","image":"proxy:1.0"}},
		{"op":"add","path":"/spec/template/spec/initContainers","value":[{"name":"wait","image":"wait:1.0"},{"name":"shipper","image":"shipper:1.0","restartPolicy":"Always"}]}]`
	_, err = l.cluster.Client().AppsV1().Deployments(l.namespace).Patch(t.Context(), "postgres", types.JSONPatchType, []byte(beside), metav1.PatchOptions{})
	require.NoError(t, err)
	l.settles(t, "postgres")
	require.Equal(t, "proxy", l.deployment(t, "postgres").Spec.Template.Spec.Containers[0].Name)

	call, _, _, proof := l.do(t, k8sops.DBA, "backup db")
	require.True(t, proof.OK, "%s", proof.Summary.ID)
	l.requireContainer(t, call.ID, "postgres")
	call, _, _, _ = l.do(t, k8sops.DBA, "health postgres") // df
	l.requireContainer(t, call.ID, "postgres")

	// What a restore and a rotation run goes there too: pg_restore, psql, and the login that proves the password.
	backups, err := backup.List(t.Context(), l.deps.Backups, "test", l.namespace)
	require.NoError(t, err)
	want := rowCounts(t, database.DSN())
	execSQL(t, database.DSN(), "TRUNCATE orders CASCADE")
	for _, line := range []string{"backup verify", "restore db " + backups[0].ID} {
		call, _, _, proof = l.do(t, k8sops.System, line)
		require.True(t, proof.OK, "%s: %v", line, proof.Summary)
		l.requireContainer(t, call.ID, "postgres")
	}
	require.Equal(t, want, rowCounts(t, database.DSN()))
	execSQL(t, database.DSN(), "CREATE ROLE app LOGIN PASSWORD 'first-password'; GRANT SELECT ON orders TO app")
	_, err = l.cluster.Client().CoreV1().Secrets(l.namespace).Create(t.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "app-db"}, StringData: map[string]string{"username": "app", "password": "first-password"},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	l.readsSecret(t, "order-service", "app-db")
	call, _, _, proof = l.do(t, k8sops.System, "secret rotate app-db password")
	require.Equal(t, "k8sops.secret.proven", proof.Summary.ID, "%v", proof.Summary)
	l.requireContainer(t, call.ID, "postgres")

	call, plan, _, proof := l.do(t, k8sops.Development, "deploy postgres :17")
	require.True(t, proof.OK)
	containers := l.deployment(t, "postgres").Spec.Template.Spec.Containers
	require.Equal(t, "proxy:1.0", containers[0].Image)
	require.True(t, strings.HasSuffix(containers[1].Image, ":17"), containers[1].Image)
	require.NotEmpty(t, optest.UndoLine(t, call, plan, l.ops...))
}

// requireContainer makes sure that the call's programs ran in this container only, as the API server saw it.
func (l *live) requireContainer(t *testing.T, call, container string) {
	t.Helper()
	events, err := l.cluster.AuditEvents()
	require.NoError(t, err)
	ran := 0
	for _, event := range events {
		ours := event.ImpersonatedUser != nil && strings.Join(event.ImpersonatedUser.Extra[k8sops.ExtraCall], "") == call
		if ours && event.ObjectRef.Subresource == "exec" {
			ran++
			require.Contains(t, event.RequestURI, "container="+container+"&")
		}
	}
	require.NotZero(t, ran)
}
