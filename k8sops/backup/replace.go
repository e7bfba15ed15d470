package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/sync/errgroup"

	"opsbot/k8sops/kube"
	"opsbot/k8sops/postgres"
)

// replace puts the whole dump in the place of everything that the database holds, in one transaction. pg_restore --clean would not do:
// it drops what the dump has, and stumbles over what came later and depends on it. COMMIT is sent only when pg_restore has given all
// of the dump and its checksum is right: a psql whose input ends before that, or breaks off, rolls back.
func (s server) replace(ctx context.Context, d Deps, b *Backup, database string) error {
	schemas, err := s.Query(ctx, database, "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1")
	if err != nil {
		return err
	}
	dump, err := d.open(ctx, b)
	if err != nil {
		return err
	}
	fromRestore, script := io.Pipe()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		err := s.Run(ctx, dump, script, "pg_restore", "--exit-on-error", "--file=-")
		if err == nil { // what pg_restore leaves unread must be right, too
			_, err = io.Copy(io.Discard, dump)
		}
		err = errors.Join(dump.err, kube.ExplainExec("read "+b.ID, err), dump.Close())
		if err == nil {
			_, err = io.WriteString(script, "\nCOMMIT;\n")
		}
		script.CloseWithError(err)
		return err
	})
	group.Go(func() error {
		err := s.Run(ctx, io.MultiReader(strings.NewReader(emptied(schemas)), fromRestore), io.Discard, s.Psql(database, "-v", "backup="+b.ID)...) // the audit log says which
		fromRestore.CloseWithError(errors.Join(err, io.ErrClosedPipe))
		return kube.ExplainExec("restore "+b.ID+" into "+database, err)
	})
	return group.Wait()
}

// emptied begins a transaction that drops all schemas, and makes the one that every dump expects, as initdb does.
func emptied(schemas [][]string) string {
	var sql strings.Builder
	sql.WriteString("BEGIN;\nSET LOCAL lock_timeout = '60s';\n")
	for _, row := range schemas {
		fmt.Fprintf(&sql, "DROP SCHEMA %s CASCADE;\n", postgres.QuoteIdentifier(row[0]))
	}
	sql.WriteString("CREATE SCHEMA public AUTHORIZATION pg_database_owner;\nGRANT USAGE ON SCHEMA public TO PUBLIC;\n")
	return sql.String()
}
