// Package runbookruns keeps guided runs.
package runbookruns

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"opsbot/k8sops/runbooks"
	"opsbot/store/sqldb"
)

// Runs implements runbooks.Store.
type Runs struct{ DB *sqldb.DB }

var _ runbooks.Store = Runs{}

// The states of a row: open while a step is to come, ending while only the last card is to be shown.
const (
	stateOpen   = "open"
	stateEnding = "ending"
	stateOver   = "over"
)

const columns = `SELECT number, version, body FROM runbook_runs`

func stateOf(r runbooks.Run) string {
	switch {
	case r.Shown:
		return stateOver
	case r.IsOver():
		return stateEnding
	}
	return stateOpen
}

// AddRun implements runbooks.Store. Of two at the same moment the index on open runs lets one in.
func (s Runs) AddRun(ctx context.Context, r runbooks.Run) (runbooks.Run, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return r, fmt.Errorf("encode guided run of call %s: %w", r.Plan, err)
	}
	var stored runbooks.Run
	err = s.DB.Write(ctx, func(t *sqldb.Tx) error {
		_, err := t.Exec(`INSERT INTO runbook_runs (plan, cluster, namespace, state, version, body) VALUES (?, ?, ?, ?, 1, ?) ON CONFLICT DO NOTHING`,
			r.Plan, r.Cluster, r.Namespace, stateOf(r), string(body))
		if err != nil {
			return err
		}
		stored, err = scan(func(into ...any) error { return t.Row(columns+` WHERE plan = ?`, []any{r.Plan}, into...) })
		if errors.Is(err, sql.ErrNoRows) {
			return runbooks.ErrOpen
		}
		return err
	})
	return stored, sqldb.Wrap("store guided run of call "+r.Plan, err)
}

// Run implements runbooks.Store.
func (s Runs) Run(ctx context.Context, number int64) (runbooks.Run, error) {
	r, err := scan(func(into ...any) error {
		return s.DB.Reads.Row(ctx, columns+` WHERE number = ?`, []any{number}, into...)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return r, runbooks.ErrNotFound
	}
	return r, sqldb.Wrap(fmt.Sprintf("read guided run %d", number), err)
}

// Unfinished implements runbooks.Store.
func (s Runs) Unfinished(ctx context.Context) ([]runbooks.Run, error) {
	var list []runbooks.Run
	err := s.DB.Reads.Each(ctx, columns+` WHERE state <> '`+stateOver+`' ORDER BY number`, nil, func(rows *sql.Rows) error {
		r, err := scan(rows.Scan)
		list = append(list, r)
		return err
	})
	return list, sqldb.Wrap("list open guided runs", err)
}

// UpdateRun implements runbooks.Store.
func (s Runs) UpdateRun(ctx context.Context, r runbooks.Run) (runbooks.Run, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return r, fmt.Errorf("encode guided run %d: %w", r.Number, err)
	}
	err = s.DB.Write(ctx, func(t *sqldb.Tx) error {
		changed, err := t.Change(`UPDATE runbook_runs SET state = ?, version = version + 1, body = ? WHERE number = ? AND version = ?`,
			stateOf(r), string(body), r.Number, r.Version)
		if err == nil && !changed {
			err = runbooks.ErrConflict
		}
		return err
	})
	if err == nil {
		r.Version++
	}
	return r, sqldb.Wrap(fmt.Sprintf("store guided run %d", r.Number), err)
}

func scan(row func(into ...any) error) (r runbooks.Run, err error) {
	var number, version int64
	var body string
	if err := row(&number, &version, &body); err != nil {
		return r, err
	}
	err = json.Unmarshal([]byte(body), &r)
	r.Number, r.Version = number, version
	return r, err
}
