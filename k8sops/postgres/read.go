package postgres

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"opsbot/k8sops/kube"
)

// readTimeout ends a question that would burden the server.
const readTimeout = "15s"

// Read asks one question, in a session that can change nothing, and decodes its rows into a slice of structs. The API server's audit log
// shows the question: nothing secret may stand in it.
func (s Server) Read(ctx context.Context, database, sql string, into any) error {
	rows, err := s.Session(ctx, database, "SET default_transaction_read_only = on", "SET statement_timeout = '"+readTimeout+"'",
		"SELECT coalesce(jsonb_agg(to_jsonb(one_row)), '[]') FROM ("+sql+") one_row")
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(rows), into); err != nil {
		return fmt.Errorf("answer of psql in %s: %w", s.Container.Pod, err)
	}
	return nil
}

// Session runs statements one after the other in one session, until the first that fails, and gives what they print.
func (s Server) Session(ctx context.Context, database string, statements ...string) (string, error) {
	var commands []string
	for _, sql := range statements {
		commands = append(commands, "-c", sql)
	}
	var out bytes.Buffer
	if err := s.Run(ctx, nil, &out, s.Psql(database, commands...)...); err != nil {
		return "", kube.ExplainExec("psql in "+s.Container.Pod, err)
	}
	return strings.TrimRight(out.String(), "\n"), nil
}

// marked begins the line in which psql tells how a statement ended.
const marked = "ended with "

// Try runs a statement between others of one session, and gives what PostgreSQL says against it, "" where it takes it. psql's exit code,
// which not every container runtime passes on, is not relied on.
func (s Server) Try(ctx context.Context, database string, before []string, statement string, after ...string) (out, refusal string, err error) {
	statements := slices.Concat(before, []string{statement, `\echo ` + marked + `:SQLSTATE :LAST_ERROR_MESSAGE`}, after)
	args := append(s.Psql(database), "-v", "ON_ERROR_STOP=0")
	for _, sql := range statements {
		args = append(args, "-c", sql)
	}
	var buffer bytes.Buffer
	if err := s.Run(ctx, nil, &buffer, args...); err != nil {
		return "", "", kube.ExplainExec("psql in "+s.Container.Pod, err)
	}
	_, ending, found := strings.Cut(buffer.String(), marked)
	ending, out, _ = strings.Cut(ending, "\n")
	state, message, _ := strings.Cut(ending, " ")
	switch {
	case !found:
		return "", "", fmt.Errorf("psql in %s does not say how a statement ended", s.Container.Pod)
	case state != "00000":
		return "", cmp.Or(message, state), nil
	}
	return strings.TrimRight(out, "\n"), "", nil
}

// QuoteLiteral quotes a value for SQL, whatever standard_conforming_strings says.
func QuoteLiteral(value string) string {
	return "E'" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(value) + "'"
}
