// Package postgres talks to the platform's PostgreSQL: programs run in the database's pod as the calling person.
package postgres

import (
	"bytes"
	"context"
	"io"
	"strings"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// Maintenance is the database to connect to while another one is made or dropped, and for what concerns them all.
const Maintenance = "postgres"

// Server is PostgreSQL in the database's pod. Arguments are never joined into a shell line.
type Server struct {
	Container kube.Container
	// User is the superuser that the container's own connections are let in as.
	User string
	exec k8sops.Executor
}

// Of finds the platform's server. It needs the access of kube.Platform.DatabaseContainer.
func Of(ctx context.Context, p kube.Platform, call *k8sops.Call) (Server, error) {
	c, err := p.DatabaseContainer(ctx, call)
	return Server{Container: c, User: p.Database.User, exec: call.Client.Executor()}, err
}

// Run runs a program in the container.
func (s Server) Run(ctx context.Context, stdin io.Reader, stdout io.Writer, args ...string) error {
	return s.exec.Exec(ctx, k8sops.Command{
		Namespace: s.Container.Namespace, Pod: s.Container.Pod, Container: s.Container.Name, Args: args, Stdin: stdin, Stdout: stdout,
	})
}

// Psql is psql for programs: no startup files, no prompts, the first error ends it, columns are separated by tabs.
func (s Server) Psql(database string, more ...string) []string {
	return append([]string{"psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "--no-password", "-U", s.User, "-d", database}, more...)
}

// Query gives the rows of one statement, each with its columns. The API server's audit log shows the statement: nothing secret may
// stand in it.
func (s Server) Query(ctx context.Context, database, sql string) ([][]string, error) {
	var out bytes.Buffer
	if err := s.Run(ctx, nil, &out, s.Psql(database, "-c", sql)...); err != nil {
		return nil, kube.ExplainExec("psql in "+s.Container.Pod, err)
	}
	var rows [][]string
	for line := range strings.Lines(out.String()) {
		rows = append(rows, strings.Split(strings.TrimRight(line, "\n"), "\t"))
	}
	return rows, nil
}

// Do runs statements that give nothing, each in a transaction of its own.
func (s Server) Do(ctx context.Context, database string, statements ...string) error {
	for _, sql := range statements {
		if _, err := s.Query(ctx, database, sql); err != nil {
			return err
		}
	}
	return nil
}

// QuoteIdentifier quotes a name for SQL.
func QuoteIdentifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
