package backup

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/sync/errgroup"

	"opsbot/k8sops/kube"
)

// inSnapshot lets work look at the database as it is at one moment, which pg_dump's --snapshot shares, and gives what the tables hold at
// that very moment. A session stands open as long as work takes.
func (s server) inSnapshot(ctx context.Context, database string, work func(ctx context.Context, snapshot string) error) ([]Table, error) {
	commands, toPsql := io.Pipe()
	fromPsql, answers := io.Pipe()
	group, ctx := errgroup.WithContext(ctx)
	// Neither side may wait for the other for ever.
	stop := context.AfterFunc(ctx, func() {
		toPsql.CloseWithError(context.Cause(ctx))
		fromPsql.CloseWithError(context.Cause(ctx))
	})
	defer stop()
	group.Go(func() error {
		err := s.Run(ctx, commands, answers, s.Psql(database)...)
		answers.CloseWithError(errors.Join(err, io.ErrUnexpectedEOF))
		commands.CloseWithError(io.ErrClosedPipe)
		return kube.ExplainExec("snapshot of "+database, err)
	})
	var tables []Table
	group.Go(func() (err error) {
		tables, err = session{toPsql, bufio.NewReader(fromPsql)}.record(ctx, work)
		// psql ends with its input; what it still says is of no interest.
		err = errors.Join(err, toPsql.Close())
		fromPsql.CloseWithError(err)
		return err
	})
	return tables, group.Wait()
}

// session talks to psql: one command, then the lines of its answer up to a mark.
type session struct {
	to   io.Writer
	from *bufio.Reader
}

// mark ends an answer; no table's name is quoted like this.
const mark = "-- end of answer --"

func (s session) ask(sql string) ([][]string, error) {
	if _, err := fmt.Fprintf(s.to, "%s;\n\\echo '%s'\n", sql, mark); err != nil {
		return nil, fmt.Errorf("write to psql: %w", err)
	}
	var rows [][]string
	for {
		line, err := s.from.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("read from psql: %w", err)
		}
		if line = strings.TrimRight(line, "\r\n"); line == mark {
			return rows, nil
		}
		rows = append(rows, strings.Split(line, "\t"))
	}
}

func (s session) record(ctx context.Context, work func(ctx context.Context, snapshot string) error) ([]Table, error) {
	if _, err := s.ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); err != nil {
		return nil, err
	}
	rows, err := s.ask("SELECT pg_export_snapshot()")
	switch {
	case err != nil:
		return nil, err
	case len(rows) != 1:
		return nil, fmt.Errorf("export snapshot: %d rows", len(rows))
	}
	if err := work(ctx, rows[0][0]); err != nil {
		return nil, err
	}
	counted, err := s.ask(strings.ReplaceAll(tablesSQL, "\n", " "))
	if err != nil {
		return nil, err
	}
	return readTables(counted)
}
