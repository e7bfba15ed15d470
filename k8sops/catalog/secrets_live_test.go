package catalog

import (
	"context"
	"net"
	"net/url"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/testcluster"
)

// A password is changed in the real PostgreSQL, in the Secret with the URL that is made of it, and in the services that read it; an
// ordinary client gets in with the new one only. Undo brings the old one back.
func TestLiveASecretIsRotated(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane")
	}
	database, err := testcluster.StartPostgres(t.Context(), "")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, database.Close()) })
	l := startLive(t, database)
	const first = "first-password"
	execSQL(t, database.DSN(), "CREATE ROLE app LOGIN PASSWORD '"+first+"'; GRANT SELECT ON orders TO app")
	secrets := l.cluster.Client().CoreV1().Secrets(l.namespace)
	_, err = secrets.Create(t.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "app-db"}, StringData: map[string]string{
		"username": "app", "password": first, "DATABASE_URL": appURL(database, first),
	}}, metav1.CreateOptions{})
	require.NoError(t, err)
	l.readsSecret(t, "order-service", "app-db")

	call, plan, result, proof := l.do(t, k8sops.System, "secret rotate app-db password")
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Equal(t, "k8sops.secret.proven", proof.Summary.ID)
	require.Contains(t, shownCard(t, result.Card), "app-db/DATABASE_URL")
	s, err := secrets.Get(t.Context(), "app-db", metav1.GetOptions{})
	require.NoError(t, err)
	rotated := string(s.Data["password"])
	require.NotEqual(t, first, rotated)
	require.Equal(t, appURL(database, rotated), string(s.Data["DATABASE_URL"]))
	require.True(t, getsIn(t, string(s.Data["DATABASE_URL"])))
	require.False(t, getsIn(t, appURL(database, first)))
	order, err := l.cluster.Client().AppsV1().Deployments(l.namespace).Get(t.Context(), "order-service", metav1.GetOptions{})
	require.NoError(t, err)
	require.NotEmpty(t, order.Spec.Template.Annotations["kubectl.kubernetes.io/restartedAt"])

	_, _, _, proof = l.do(t, k8sops.System, undoLine(t, l.ops, call, plan))
	require.True(t, proof.OK, "%v", proof.Summary)
	require.True(t, getsIn(t, appURL(database, first)))
	require.False(t, getsIn(t, appURL(database, rotated)))
}

// readsSecret adds a Secret to the environment of a deployment.
func (l *live) readsSecret(t *testing.T, deployment, secret string) {
	t.Helper()
	deployments := l.cluster.Client().AppsV1().Deployments(l.namespace)
	d, err := deployments.Get(t.Context(), deployment, metav1.GetOptions{})
	require.NoError(t, err)
	d.Spec.Template.Spec.Containers[0].EnvFrom = []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: secret}}}}
	_, err = deployments.Update(t.Context(), d, metav1.UpdateOptions{})
	require.NoError(t, err)
	l.settles(t, deployment)
}

func appURL(database *testcluster.Postgres, password string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword("app", password), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(database.Port)), Path: database.Database}
	return u.String()
}

func getsIn(t *testing.T, dsn string) bool {
	t.Helper()
	db, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		return false
	}
	defer func() { require.NoError(t, db.Close(context.WithoutCancel(t.Context()))) }()
	var orders int
	require.NoError(t, db.QueryRow(t.Context(), "SELECT count(*) FROM orders").Scan(&orders))
	return orders > 0
}
