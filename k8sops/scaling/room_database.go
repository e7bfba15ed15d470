package scaling

import (
	"context"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/postgres"
	"opsbot/messages"
)

// connectionRoom is what PostgreSQL has room for, and who is connected.
type connectionRoom struct {
	limit    postgres.ConnectionLimit
	used     int
	byClient map[string]int // by address
}

const connectionsByClientSQL = `SELECT coalesce(host(client_addr), '') client, count(*)::int connections
	FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() GROUP BY 1`

// read asks the platform's database. A database that does not run on the platform bounds nothing that could be looked at.
func (c *connectionRoom) read(ctx context.Context, p kube.Platform, call *k8sops.Call) error {
	server, err := postgres.Of(ctx, p, call)
	if err != nil {
		return err
	}
	if c.limit, err = server.ConnectionLimit(ctx); err != nil {
		return err
	}
	var clients []struct {
		Client      string `json:"client"`
		Connections int    `json:"connections"`
	}
	if err := server.Read(ctx, postgres.Maintenance, connectionsByClientSQL, &clients); err != nil {
		return err
	}
	c.byClient = map[string]int{}
	for _, one := range clients {
		c.byClient[one.Client] += one.Connections
		c.used += one.Connections
	}
	return nil
}

// bound reckons that another replica opens as many connections as one of today's has on average. A workload that has none is not bounded.
func (c *connectionRoom) bound(use *podUse) (b bound, bounded bool) {
	open := 0
	for _, ip := range use.ips {
		open += c.byClient[ip]
	}
	if open == 0 || c.limit.Max == 0 {
		return bound{}, false
	}
	each := (open + len(use.ips) - 1) / len(use.ips)
	free := max(0, c.limit.Max-c.limit.Reserved-c.used)
	more := free / each
	return bound{more, messages.New("k8sops.advice.connections", "each", each, "free", free, "max", c.limit.Max-c.limit.Reserved, "more", more)}, true
}
