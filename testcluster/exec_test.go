package testcluster

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

func TestExecDumpsAndRestoresTheRealDatabase(t *testing.T) {
	if testing.Short() {
		t.Skip("needs PostgreSQL and a Kubernetes control plane")
	}
	database, err := StartPostgres(t.Context(), "")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, database.Close()) })
	c, namespace := platformIn(t, database)

	// As the handbook types it.
	dump := run(t, c, namespace, "postgres", nil, "pg_dump", "-U", "postgres", "-h", "localhost", "ecommerce")
	require.Contains(t, dump, "user500@example.com")
	require.Equal(t, "2000", query(t, c, namespace, "ecommerce", "SELECT count(*) FROM payments"))

	run(t, c, namespace, "postgres", nil, "createdb", "scratch")
	run(t, c, namespace, "postgres", strings.NewReader(dump), "psql", "-v", "ON_ERROR_STOP=1", "-q", "-d", "scratch")
	const checksum = "SELECT md5(string_agg(o::text, ',' ORDER BY id)) FROM orders o"
	require.Equal(t, query(t, c, namespace, "ecommerce", checksum), query(t, c, namespace, "scratch", checksum))

	require.Contains(t, run(t, c, namespace, "postgres", nil, "df", "-h"), "Filesystem")
}

func TestExecDoesNotInheritTheCallersEnvironment(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane")
	}
	t.Setenv("OPSBOT_SLACK_BOT_TOKEN", "xoxb-secret")
	// Not the shared cluster: it was started before the variable was set.
	c, err := Start(t.Context(), Options{ReadyDelay: sharedReadyDelay})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	const namespace = PlatformNamespace
	require.NoError(t, c.ApplyPlatform(t.Context(), PlatformOptions{Namespace: namespace}))
	env := run(t, c, namespace, "redis", nil, "env")
	require.Contains(t, env, "PATH=")
	require.NotContains(t, env, "PGPASSWORD", "another container's environment")
	require.NotContains(t, env, "OPSBOT_SLACK_BOT_TOKEN", "this process's environment")
	require.Empty(t, run(t, c, namespace, "redis", nil, "ls", "-A"), "the working directory holds the cluster's files")
}

func TestEveryPodHasALogOfItsOwn(t *testing.T) {
	c, namespace := platformIn(t, nil)
	pods := podsOf(t, c, namespace, "api-gateway")
	require.Len(t, pods, 2)
	first, second := pods[0].Name, pods[1].Name
	var log string
	eventually(t, settleTimeout, "the log can be read", func() bool {
		content, err := c.Client().CoreV1().Pods(namespace).GetLogs(first, &corev1.PodLogOptions{}).DoRaw(t.Context())
		log = string(content)
		return err == nil
	})
	require.Contains(t, log, "ERROR upstream payment-service")

	require.NoError(t, c.AppendLog(namespace, first, Stderr, "ERROR only in the first"))
	require.NoError(t, c.AppendLog(namespace, "api-gateway", Stdout, "INFO in both"))
	tail := int64(2)
	require.Equal(t, "ERROR only in the first\nINFO in both\n", podLog(t, c, namespace, first, corev1.PodLogOptions{TailLines: &tail}))
	since := int64(60)
	recent := podLog(t, c, namespace, second, corev1.PodLogOptions{SinceSeconds: &since})
	require.True(t, strings.HasSuffix(recent, "INFO in both\n"), recent)
	require.Less(t, strings.Count(recent, "\n"), 10)
	require.NotContains(t, recent, "only in the first")
	require.Error(t, c.AppendLog(namespace, "no-such-service", Stdout, "lost"))
}

func query(t *testing.T, c *Cluster, namespace, database, sql string) string {
	t.Helper()
	return strings.TrimSpace(run(t, c, namespace, "postgres", nil, "psql", "-At", "-d", database, "-c", sql))
}
