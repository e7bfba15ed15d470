package catalog

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/testcluster"
)

// startData is the platform with a real PostgreSQL, which restarts with its pod, and a real Redis.
func startData(t *testing.T) (*live, *testcluster.Postgres, *testcluster.Redis) {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a Kubernetes control plane")
	}
	database, err := testcluster.StartPostgres(t.Context(), "")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, database.Close()) })
	cache, err := testcluster.StartRedis(t.Context(), "", "maxmemory 100mb")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cache.Close()) })
	l := startLive(t, database)
	require.NoError(t, l.cluster.ExecEnv(t.Context(), l.namespace, "redis", cache.Env()))
	following, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.cluster.RestartWithPod(following, l.namespace, database) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
	})
	return l, database, cache
}

// serves is the value that a fresh connection finds.
func serves(t *testing.T, dsn, name string) (value string) {
	t.Helper()
	db, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close(context.WithoutCancel(t.Context()))) }()
	require.NoError(t, db.QueryRow(t.Context(), "SELECT current_setting($1)", name).Scan(&value))
	return value
}

func (l *live) postgresConfig(t *testing.T) map[string]string {
	t.Helper()
	m, err := l.cluster.Client().CoreV1().ConfigMaps(l.namespace).Get(t.Context(), "postgres-config", metav1.GetOptions{})
	require.NoError(t, err)
	return m.Data
}

// A setting is changed in the real PostgreSQL and in the ConfigMap, by a reload or a restart as it needs, and put back.
func TestLiveSettingsOfPostgreSQL(t *testing.T) {
	l, database, _ := startData(t)
	for _, c := range []struct {
		name, from, to string
		restart        bool
	}{
		{"work_mem", "4MB", "8MB", false}, {"checkpoint_timeout", "5min", "10min", false}, {"log_connections", "off", "on", false},
		{"log_line_prefix", "%m [%p] ", "it's %m \\ ", false}, {"max_connections", "100", "120", true},
	} {
		require.Equal(t, c.from, serves(t, database.DSN(), c.name))
		call, plan, _, proof := l.do(t, k8sops.DBA, "db set "+k8sops.QuoteWord(c.name+"="+c.to))
		require.True(t, proof.OK, "%s: %v", c.name, proof.Summary)
		require.Equal(t, c.to, serves(t, database.DSN(), c.name))
		require.Equal(t, c.to, l.postgresConfig(t)[c.name])
		restarts := len(plan.Targets) > 1
		require.Equal(t, c.restart, restarts, "%s: %v", c.name, plan.Names())

		_, _, _, proof = l.do(t, k8sops.DBA, undoLine(t, l.ops, call, plan))
		require.True(t, proof.OK, "%s: %v", c.name, proof.Summary)
		require.Equal(t, c.from, serves(t, database.DSN(), c.name))
		require.Equal(t, c.from, l.postgresConfig(t)[c.name])
	}
}

// What PostgreSQL would not take is refused while it is planned, and nothing has changed.
func TestLiveSettingsThatPostgreSQLRefuses(t *testing.T) {
	l, database, _ := startData(t)
	before := l.postgresConfig(t)
	for line, want := range map[string]string{
		"db set work_mem=lots":                          "k8sops.db.set.refused",
		"db set work_mem=1kB":                           "k8sops.db.set.refused",
		`db set "TimeZone=Middle/Earth"`:                "k8sops.db.set.refused",
		"db set max_connections=many":                   "k8sops.db.set.bad_value",
		"db set shared_buffers=2GB":                     "k8sops.db.set.buffers_too_large",
		"db set max_conections=5":                       "k8sops.db.set.unknown",
		"db set fsync=on":                               "k8sops.db.set.source",
		"db set block_size=1":                           "k8sops.db.set.internal",
		"db set shared_preload_libraries=no_such_thing": "k8sops.db.set.no_library",
		"db set listen_addresses=localhost":             "k8sops.db.set.cuts_off",
		`db set "restore_command=rm -rf /"`:             "k8sops.db.set.runs_programs",
		`db set "work_mem=1'; DROP TABLE orders; --"`:   "k8sops.db.set.refused",
		`db set "nosuch'; DROP TABLE orders; --=1"`:     "k8sops.db.set.unknown",
	} {
		call := l.call(t, k8sops.DBA, line)
		_, err := call.Operation.Plan(t.Context(), call)
		require.Equal(t, want, optest.MessageID(t, err), line)
	}
	require.Equal(t, before, l.postgresConfig(t))
	require.NotZero(t, countOf(t, database.DSN(), "orders"))

	// What nobody may try beforehand, ALTER SYSTEM judges before it writes.
	call := l.call(t, k8sops.DBA, `db set "synchronous_standby_names=2 ("`)
	_, _, _, err := optest.RunAll(t.Context(), call)
	require.Equal(t, "k8sops.db.set.refused", optest.MessageID(t, err))
	require.Empty(t, serves(t, database.DSN(), "synchronous_standby_names"))
}

// The way from "what is missing" to the statistics, as the answers say it.
func TestLiveSlowStatementsAreCountedAfterTheirLibraryIsLoaded(t *testing.T) {
	l, database, _ := startData(t)
	_, _, missing, _ := l.do(t, k8sops.DBA, "db slow")
	require.Contains(t, shownCard(t, missing.Card), "not loaded")
	require.Equal(t, []string{"db set shared_preload_libraries=pg_stat_statements"}, missing.Suggest)

	_, _, _, proof := l.do(t, k8sops.DBA, missing.Suggest[0])
	require.True(t, proof.OK, "%v", proof.Summary)
	_, _, missing, _ = l.do(t, k8sops.DBA, "db slow")
	require.Contains(t, shownCard(t, missing.Card), "CREATE EXTENSION pg_stat_statements;")

	execSQL(t, database.DSN(), "CREATE EXTENSION pg_stat_statements")
	execSQL(t, database.DSN(), "SELECT count(*) FROM orders o JOIN payments p ON p.order_id = o.id WHERE o.created_at::text <> 'secret-literal'")
	for _, by := range []string{"total", "mean", "calls"} {
		_, _, result, _ := l.do(t, k8sops.DBA, "db slow --limit 50 --by "+by)
		shown := shownCard(t, result.Card)
		require.Contains(t, shown, "FROM orders o JOIN payments p")
		require.NotContains(t, shown, "secret-literal")
	}
}

func TestLiveConnectionsSayWhoBlocksWhom(t *testing.T) {
	l, database, _ := startData(t)
	connect := func(name string) *pgx.Conn {
		db, err := pgx.Connect(t.Context(), database.DSN()+"&application_name="+name)
		require.NoError(t, err)
		t.Cleanup(func() { _ = db.Close(context.Background()) })
		return db
	}
	holder, waiter := connect("holder"), connect("waiter")
	_, err := holder.Exec(t.Context(), "BEGIN; LOCK TABLE orders")
	require.NoError(t, err)
	waits, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = waiter.Exec(waits, "SELECT count(*) FROM orders")
	}()
	pid := fmt.Sprint("PID ", holder.PgConn().PID())
	require.Eventually(t, func() bool {
		_, _, result, _ := l.do(t, k8sops.System, "db connections")
		shown := shownCard(t, result.Card)
		return strings.Contains(shown, "It is blocked by "+pid) && strings.Contains(shown, "idle in transaction: 1")
	}, 30*time.Second, 200*time.Millisecond)
	stop()
	<-ended
}

func TestLiveRedisInWords(t *testing.T) {
	l, _, cache := startData(t)
	_, _, result, _ := l.do(t, k8sops.DBA, "redis memory")
	shown := shownCard(t, result.Card)
	require.Contains(t, shown, "100 MiB")
	require.Contains(t, shown, "256 MiB", "the container's limit")
	require.NotContains(t, shown, cache.Password)
	_, _, result, _ = l.do(t, k8sops.System, "redis stats")
	require.Contains(t, shownCard(t, result.Card), "primary with 0 replicas")

	// Another password than Redis was started with.
	secrets := l.cluster.Client().CoreV1().Secrets(l.namespace)
	s, err := secrets.Get(t.Context(), "redis-secret", metav1.GetOptions{})
	require.NoError(t, err)
	s.Data["password"] = []byte("wrong-password")
	_, err = secrets.Update(t.Context(), s, metav1.UpdateOptions{})
	require.NoError(t, err)
	call := l.call(t, k8sops.DBA, "redis memory")
	_, _, _, err = optest.RunAll(t.Context(), call)
	require.Equal(t, "k8sops.redis.refused", optest.MessageID(t, err))
}

// A statement is planned, whatever it would do, and nothing that is typed makes PostgreSQL run it.
func TestLiveAStatementIsExplainedAndNotRun(t *testing.T) {
	l, database, _ := startData(t)
	_, _, result, _ := l.do(t, k8sops.DBA, `db explain "SELECT * FROM orders o JOIN payments p ON p.order_id = o.id WHERE o.created_at::text <> 'secret-literal'"`)
	shown := shownCard(t, result.Card)
	require.Contains(t, shown, "Seq Scan on orders")
	require.Contains(t, shown, "cost=")
	require.NotContains(t, shown, "secret-literal")

	before := countOf(t, database.DSN(), "orders")
	_, _, result, _ = l.do(t, k8sops.DBA, "db explain DELETE FROM orders;")
	require.Contains(t, shownCard(t, result.Card), "Delete on orders")
	for line, want := range map[string]string{
		"db explain ANALYZE DELETE FROM orders":                "k8sops.db.explain.refused",
		"db explain (ANALYZE) DELETE FROM orders":              "k8sops.db.explain.refused",
		"db explain SELECT 1; DELETE FROM orders":              "k8sops.db.explain.one",
		"db explain SELECT nothing FROM nowhere":               "k8sops.db.explain.refused",
		`db explain "\! touch ran"`:                            "k8sops.db.explain.refused",
		`db explain "COPY orders TO PROGRAM 'cat'"`:            "k8sops.db.explain.refused",
		"db explain CREATE TABLE copy AS SELECT * FROM orders": "",
	} {
		call := l.call(t, k8sops.DBA, line)
		_, _, _, err := optest.RunAll(t.Context(), call)
		if want == "" {
			require.NoError(t, err, line)
			continue
		}
		require.Equal(t, want, optest.MessageID(t, err), line)
	}
	require.Equal(t, before, countOf(t, database.DSN(), "orders"))
	execSQL(t, database.DSN(), "CREATE TABLE copy ()") // which would fail if there were one
}
