package database

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"

	"opsbot/internal/optest"
	"opsbot/messages"
)

// shows compares the answer of a line with a golden file.
func shows(t *testing.T, golden, line string, database *optest.FakeDatabase) {
	t.Helper()
	if database.RedisPassword == "" {
		database.RedisPassword = "cache-password"
	}
	call := newCall(t, line, database, postgresServer(), optest.Redis(), optest.RedisPod(), optest.Secret("redis-secret", map[string]string{"password": "cache-password"}))
	_, result, _, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	optest.Golden(t, golden, func(p *messages.Printer) string {
		return optest.ShowCard(p, result.Card) + "  => " + strings.Join(result.Suggest, "; ")
	})
	for _, command := range database.Commands() {
		require.NotContains(t, fmt.Sprint(command), "cache-password", "the API server's audit log has every argument")
	}
}

// answers gives a question that contains a text rows.
func answers(t *testing.T, contains string, rows any) func(sql string) (string, bool) {
	t.Helper()
	data, err := json.Marshal(rows)
	require.NoError(t, err)
	return func(sql string) (string, bool) { return string(data) + "\n", strings.Contains(sql, contains) }
}

func TestConnectionsInWords(t *testing.T) {
	var sessions []session
	for pid := range 80 {
		sessions = append(sessions, session{PID: 100 + pid, User: "app", Application: "order-service", Client: "10.0.0.7", State: "idle", StateAge: float64(pid)})
	}
	sessions = append(sessions,
		session{PID: 7, User: "app", Application: "payment-service", Client: "10.0.0.9", State: "idle in transaction", TransactionAge: 1300, StateAge: 1200, Query: "UPDATE orders SET state = 'paid' WHERE id = 5"},
		session{PID: 8, User: "app", Application: "order-service", Client: "10.0.0.7", State: "active", TransactionAge: 61, StateAge: 60, Query: "UPDATE orders SET state = 'sent'\nWHERE id = 5", BlockedBy: []int{7, 7}},
		session{PID: 9, User: "li", Client: "local", State: "active", TransactionAge: 1, StateAge: 1, Query: "VACUUM", BlockedBy: []int{0}})
	shows(t, "connections", "db connections", &optest.FakeDatabase{Answer: answers(t, "pg_stat_activity", sessions)})
	shows(t, "connections-none", "db connections", &optest.FakeDatabase{})
}

func TestSlowStatements(t *testing.T) {
	questions := func(is collection) *optest.FakeDatabase {
		about, rows := answers(t, "server_version_num", []collection{is}), answers(t, "ORDER BY total DESC", []counted{
			{Query: "SELECT * FROM orders WHERE state = $1", Calls: 1200, Total: 93000, Mean: 77.5, Rows: 56000, Share: 92.1},
			{Query: "ALTER ROLE app PASSWORD 'secret'", Calls: 1, Total: 3.25, Mean: 3.25},
		})
		return &optest.FakeDatabase{Answer: func(sql string) (string, bool) {
			if answer, known := about(sql); known {
				return answer, true
			}
			return rows(sql)
		}}
	}
	shows(t, "slow", "db slow", questions(collection{Version: 150000, Available: true, Loaded: true, Created: true}))
	shows(t, "slow-none", "db slow --by calls", questions(collection{Version: 120000, Available: true, Loaded: true, Created: true}))
	shows(t, "slow-not-loaded", "db slow", questions(collection{Available: true, Libraries: "auto_explain"}))
	shows(t, "slow-not-created", "db slow", questions(collection{Available: true, Loaded: true}))
	shows(t, "slow-not-installed", "db slow", questions(collection{}))
}

func TestTheTimesOfOlderServersHaveOtherNames(t *testing.T) {
	require.Contains(t, slowSQL(120000, slowArgs{By: "mean", Limit: 3}), "mean_time mean")
	require.Contains(t, slowSQL(150000, slowArgs{By: "mean", Limit: 3}), "ORDER BY mean DESC, query LIMIT 3")
}

const troubledRedis = `# Server
redis_version:7.0.15
uptime_in_seconds:93784
# Clients
connected_clients:9500
maxclients:10000
blocked_clients:2
# Memory
used_memory:209715200
used_memory_rss:251658240
used_memory_peak:230686720
used_memory_dataset:199229440
maxmemory:209715200
maxmemory_policy:noeviction
mem_fragmentation_ratio:1.61
# Persistence
rdb_changes_since_last_save:4711
rdb_last_save_time:1772443800
rdb_last_bgsave_status:err
aof_enabled:0
# Stats
total_commands_processed:1234567
instantaneous_ops_per_sec:420
rejected_connections:17
expired_keys:99
evicted_keys:12
keyspace_hits:5000
keyspace_misses:5000
# Replication
role:slave
master_host:redis-0
master_link_status:down
# Keyspace
db0:keys=1200,expires=10,avg_ttl=0
db3:keys=4,expires=0,avg_ttl=0
`

func TestRedisInWords(t *testing.T) {
	shows(t, "redis-memory", "redis memory", &optest.FakeDatabase{Info: troubledRedis})
	shows(t, "redis-stats", "redis stats", &optest.FakeDatabase{Info: troubledRedis})
	shows(t, "redis-fresh", "redis memory", &optest.FakeDatabase{})
}

func TestRedisWithAnotherPassword(t *testing.T) {
	call := newCall(t, "redis memory", &optest.FakeDatabase{RedisPassword: "another"}, optest.Redis(), optest.RedisPod(), optest.Secret("redis-secret", map[string]string{"password": "cache-password"}))
	_, _, _, err := optest.RunAll(t.Context(), call)
	require.Equal(t, "k8sops.redis.refused", optest.MessageID(t, err))
	e, _ := optest.AsError(err)
	require.Equal(t, "k8sops.redis.password_hint", e.Hint.ID)
}

func TestRedisThatIsNotThere(t *testing.T) {
	call := newCall(t, "redis memory", &optest.FakeDatabase{}, optest.Redis())
	_, _, _, err := optest.RunAll(t.Context(), call)
	require.Equal(t, "k8sops.cache.no_pod", optest.MessageID(t, err))
}

// Where the container reads its password from is said, and no other Secret is tried.
func TestThePasswordOfRedis(t *testing.T) {
	for name, c := range map[string]struct {
		secret string
		data   map[string]string
		own    bool   // the container has it in its environment
		want   string // what is wrong
	}{
		"from the environment's key": {"redis-secret", map[string]string{"password": "cache-password"}, true, ""},
		"the only key of that kind":  {"redis-secret", map[string]string{"user": "x", "redis-pass": "cache-password"}, false, ""},
		"several keys":               {"redis-secret", map[string]string{"password": "a", "auth": "b"}, false, "k8sops.redis.no_key"},
		"a key that is missing":      {"redis-secret", map[string]string{"other": "a"}, true, "k8sops.redis.no_key"},
		"another Secret":             {"cache", map[string]string{"password": "cache-password"}, true, "k8sops.redis.other_secret"},
		"no Secret":                  {"gone", nil, false, "k8sops.error.not_found"},
		"none configured":            {"", nil, true, "k8sops.redis.refused"},
	} {
		t.Run(name, func(t *testing.T) {
			p := optest.TestPlatform()
			p.Cache.Secret = c.secret
			pod := optest.RedisPod()
			if !c.own {
				pod.Spec.Containers[1].Env = nil
			}
			objects := []runtime.Object{optest.Redis(), pod}
			if c.data != nil {
				objects = append(objects, optest.Secret("redis-secret", c.data))
			}
			call, _ := optest.NewCall(t, Operations(p), "redis memory", objects...)
			call.Client.Exec = &optest.FakeDatabase{RedisPassword: "cache-password"}
			_, _, _, err := optest.RunAll(t.Context(), call)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, c.want, optest.MessageID(t, err))
		})
	}
}
