package database

import (
	"context"
	"slices"
	"time"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/postgres"
	"opsbot/messages"
)

// connections is /db connections (handbook: 检查数据库连接数).
type connections struct{ kube.Platform }

func (o connections) spec() k8sops.ReadSpec[struct{}] {
	return k8sops.ReadSpec[struct{}]{
		Meta: k8sops.Meta{
			Name:     "db connections",
			Summary:  messages.New("k8sops.db.connections.summary"),
			Examples: []string{"db connections"},
			Access:   postgresAccess(),
			Owners:   owners(),
		},
		Answer: o.answer,
	}
}

// postgresAccess is what running psql in the database's pod takes.
func postgresAccess() []k8sops.Access {
	return slices.Concat(kube.ExecAccess(false), kube.ListWorkloads(), []k8sops.Access{{Verb: "list", Resource: "pods"}})
}

// session is one connection of a client, as pg_stat_activity knows it. Ages are in seconds.
type session struct {
	PID            int     `json:"pid"`
	User           string  `json:"usename"`
	Application    string  `json:"application_name"`
	Client         string  `json:"client"`
	Database       string  `json:"datname"`
	State          string  `json:"state"`
	TransactionAge float64 `json:"xact_age"`
	StateAge       float64 `json:"state_age"`
	Query          string  `json:"query"`
	BlockedBy      []int   `json:"blocked_by"`
}

const idleInTransaction = "idle in transaction"

// sessionsSQL leaves out the session that asks. pg_blocking_pids is asked only where somebody waits: it stops all locking for a moment.
const sessionsSQL = `SELECT pid, coalesce(usename, '') usename, application_name, coalesce(host(client_addr), 'local') client, coalesce(datname, '') datname,
	coalesce(state, '') state, coalesce(extract(epoch FROM now() - xact_start), 0) xact_age, coalesce(extract(epoch FROM now() - state_change), 0) state_age,
	left(query, 400) query, CASE WHEN wait_event_type = 'Lock' THEN pg_blocking_pids(pid) ELSE '{}' END blocked_by
	FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY pid`

func (o connections) answer(ctx context.Context, call *k8sops.Call, _ struct{}, _ k8sops.Progress) (*k8sops.Result, error) {
	server, err := postgres.Of(ctx, o.Platform, call)
	if err != nil {
		return nil, err
	}
	room, err := server.ConnectionLimit(ctx)
	if err != nil {
		return nil, err
	}
	var sessions []session
	if err := server.Read(ctx, postgres.Maintenance, sessionsSQL, &sessions); err != nil {
		return nil, err
	}
	return connectionsResult(room, sessions), nil
}

func seconds(s float64) time.Duration {
	return time.Duration(s * float64(time.Second)).Round(time.Second)
}
