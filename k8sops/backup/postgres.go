package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// server is PostgreSQL in the database's pod. Its programs run there as the calling person; arguments are never joined into a
// shell line.
type server struct {
	exec      k8sops.Executor
	container kube.Container
	user      string
}

func (d Deps) server(ctx context.Context, call *k8sops.Call) (server, error) {
	c, err := d.DatabaseContainer(ctx, call)
	return server{exec: call.Client.Executor(), container: c, user: d.Database.User}, err
}

func (s server) run(ctx context.Context, stdin io.Reader, stdout io.Writer, args ...string) error {
	return s.exec.Exec(ctx, k8sops.Command{
		Namespace: s.container.Namespace, Pod: s.container.Pod, Container: s.container.Name, Args: args, Stdin: stdin, Stdout: stdout,
	})
}

// psql runs programs' SQL: no startup files, no prompts, the first error ends it, columns are separated by tabs.
func (s server) psql(database string, more ...string) []string {
	return append([]string{"psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "--no-password", "-U", s.user, "-d", database}, more...)
}

// query gives the rows of one statement, each with its columns.
func (s server) query(ctx context.Context, database, sql string) ([][]string, error) {
	var out bytes.Buffer
	if err := s.run(ctx, nil, &out, s.psql(database, "-c", sql)...); err != nil {
		return nil, kube.ExplainExec("psql in "+s.container.Pod, err)
	}
	var rows [][]string
	for line := range strings.Lines(out.String()) {
		rows = append(rows, strings.Split(strings.TrimRight(line, "\n"), "\t"))
	}
	return rows, nil
}

// do runs statements that give nothing, each in a transaction of its own.
func (s server) do(ctx context.Context, database string, statements ...string) error {
	for _, sql := range statements {
		if _, err := s.query(ctx, database, sql); err != nil {
			return err
		}
	}
	return nil
}

// quoteIdentifier quotes a name for SQL.
func quoteIdentifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// restoreScratch feeds a stored dump to pg_restore, into a database of its own.
func (s server) restoreScratch(ctx context.Context, store Store, b *Backup, database string) error {
	object, err := store.Open(ctx, b.Object)
	if err != nil {
		return err
	}
	stored := newVerifiedDump(object, b.SHA256)
	err = s.run(ctx, stored, io.Discard, "pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password", "-U", s.user, "-d", database)
	if err == nil { // what pg_restore leaves unread must be right, too
		_, err = io.Copy(io.Discard, stored)
	}
	// pg_restore calls a dump damaged whose end could not be read: what the storage said comes first.
	switch failed := errors.Join(stored.err, stored.Close()); {
	case failed != nil:
		return failed
	case err != nil:
		return kube.ExplainExec("restore "+b.ID+" into "+database, err)
	}
	return nil
}

// maintenance is the database to connect to while another one is made or dropped.
const maintenance = "postgres"

// createScratch makes an empty database of that name, in place of one that an earlier try left.
func (s server) createScratch(ctx context.Context, name string) error {
	return s.do(ctx, maintenance, s.dropSQL(name), fmt.Sprintf("CREATE DATABASE %s TEMPLATE template0", quoteIdentifier(name)))
}

func (s server) dropScratch(ctx context.Context, name string) error {
	return s.do(ctx, maintenance, s.dropSQL(name))
}

func (server) dropSQL(name string) string {
	return fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", quoteIdentifier(name))
}
