package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"opsbot/escalation/incident"
	"opsbot/handlers/calls"
)

// rowsOfTheFirstVersion are what a database held at the first version of its schema, beside incidents.
var rowsOfTheFirstVersion = []string{
	`INSERT INTO journal (received_at, payload) VALUES (1, 'delivery')`,
	`INSERT INTO entries (incident, number, body) VALUES (7, 1, '{"incident":7,"number":1}')`,
	`INSERT INTO pages (incident, number, body) VALUES (7, 1, '{"id":"7/1","incident":7}')`,
	`INSERT INTO outbox (key, lane, destination, reply_to, not_after, body, version, pending, queued_at, created_at)
		VALUES ('k', 1, 'C1', '', 0, '{"key":"k","channel":"C1"}', 1, 1, 1, 1)`,
	`INSERT INTO calls (id, version, source_id, state, created_at, body) VALUES ('c', 0, 's', 'running', 1, '{"id":"c","state":"running"}')`,
	`INSERT INTO audit (seq, prev, hash, event) VALUES (1, '', 'h', '{}')`,
	`INSERT INTO events (id, seen_at) VALUES ('e', 1)`,
}

func TestMigratesFromEveryVersion(t *testing.T) {
	for name, kind := range map[string]struct {
		dialect   goose.Dialect
		newURL    func(testing.TB) string
		incidents []string
	}{
		"sqlite": {goose.DialectSQLite3, fileURL, []string{
			`INSERT INTO incidents (number, version, group_key, status, due_at, body) VALUES (7, 3, 'g', 'open', 1, '{"number":7,"status":"open"}')`,
		}},
		"postgres": {goose.DialectPostgres, postgresURL, []string{
			`INSERT INTO incidents (number, version, status, due_at, body) VALUES (7, 3, 'open', 1, '{"number":7,"status":"open"}')`,
			`INSERT INTO incident_groups (group_key, incident) VALUES ('g', 7)`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			rows := slices.Concat(rowsOfTheFirstVersion, kind.incidents)
			for _, version := range versions(t, kind.newURL(t), kind.dialect) {
				t.Run(fmt.Sprint("version ", version), func(t *testing.T) {
					url := kind.newURL(t)
					writeAndMigrate(t, url, kind.dialect, rows, version)
					requireRows(t, openURL(t, url))
				})
			}
		})
	}
}

// rawDatabase opens a database as it is.
func rawDatabase(t *testing.T, url string) *sql.DB {
	t.Helper()
	if path, ok := strings.CutPrefix(url, "sqlite://"); ok {
		db, err := sql.Open("sqlite", path)
		require.NoError(t, err)
		return db
	}
	config, err := pgx.ParseConfig(url)
	require.NoError(t, err)
	return stdlib.OpenDB(*config)
}

func migrations(t *testing.T, db *sql.DB, d goose.Dialect) *goose.Provider {
	t.Helper()
	kind := "sqlite"
	if d == goose.DialectPostgres {
		kind = "postgres"
	}
	provider, err := goose.NewProvider(d, db, os.DirFS("sqldb/migrations/"+kind), goose.WithDisableGlobalRegistry(true))
	require.NoError(t, err)
	return provider
}

func versions(t *testing.T, url string, d goose.Dialect) (list []int64) {
	t.Helper()
	db := rawDatabase(t, url)
	defer db.Close()
	for _, source := range migrations(t, db, d).ListSources() {
		list = append(list, source.Version)
	}
	return list
}

// writeAndMigrate leaves what an opsbot of that version leaves that began with the first one.
func writeAndMigrate(t *testing.T, url string, d goose.Dialect, rows []string, version int64) {
	t.Helper()
	db := rawDatabase(t, url)
	defer db.Close()
	provider := migrations(t, db, d)
	_, err := provider.UpTo(t.Context(), 1)
	require.NoError(t, err)
	for _, statement := range rows {
		_, err = db.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
	_, err = provider.UpTo(t.Context(), version)
	require.NoError(t, err)
}

func requireRows(t *testing.T, s *Store) {
	t.Helper()
	ctx := t.Context()
	pending, err := s.Pending(ctx, 10)
	require.NoError(t, err)
	require.Equal(t, []byte("delivery"), pending[0].Payload)
	number, err := s.OpenByGroup(ctx, "g")
	require.NoError(t, err)
	inc, err := s.Incident(ctx, number)
	require.NoError(t, err)
	require.Equal(t, incident.Incident{Number: 7, Status: incident.Open}, inc)
	entries, err := s.Entries(ctx, 7)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	pages, err := s.Pages(ctx, 7)
	require.NoError(t, err)
	require.Len(t, pages, 1)
	require.Equal(t, []string{"k"}, dueKeys(t, s.Outbox(), start))
	records, err := s.Abandoned(ctx)
	require.NoError(t, err)
	require.Equal(t, []calls.Record{{ID: "c", State: calls.Running}}, records, "whoever ran it is gone")
	rows, err := s.AuditRows(ctx, 0, 10)
	require.NoError(t, err)
	require.Len(t, rows, 1)
	seen, err := s.SeenEvent(ctx, "e", start)
	require.NoError(t, err)
	require.False(t, seen, "years later it is forgotten")
}

// writeIncidents leaves them in the first version's columns.
func writeIncidents(t *testing.T, url string, list ...incident.Incident) {
	t.Helper()
	var rows []string
	for _, inc := range list {
		body, err := json.Marshal(inc)
		require.NoError(t, err)
		text := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
		rows = append(rows, fmt.Sprintf(`INSERT INTO incidents (number, version, group_key, status, due_at, body) VALUES (%d, 1, %s, %s, 0, %s)`,
			inc.Number, text(inc.GroupKey), text(string(inc.Status)), text(string(body))))
	}
	writeAndMigrate(t, url, goose.DialectSQLite3, rows, 1)
}

// An incident that was open before the upgrade goes on after it.
func TestIncidentsOfVersion1(t *testing.T) {
	alerts := map[string]incident.Alert{
		"fires":    {Fingerprint: "fires", Firing: true, Labels: map[string]string{"k": `"}:{`}},
		"ended":    {Fingerprint: "ended"},
		"declared": {Fingerprint: "declared", Firing: true, Manual: true},
	}
	keys := []struct{ was, is string }{
		{`{}:{alertname="X", service="y"}`, `{alertname="X", service="y"}`},
		{`{}/{team="db"}/{severity=~"c.*"}:{alertname="数据库"}`, `{alertname="数据库"}`},
		{`{}/{team="db"}:{}`, `{}/{team="db"}:{}`},
		{`declared/U1/{}:{a="b"}`, `declared/U1/{}:{a="b"}`},
	}
	var old []incident.Incident
	for i, k := range keys {
		old = append(old, incident.Incident{Number: int64(i + 1), GroupKey: k.was, Status: incident.Open})
	}
	old[0].Alerts = alerts
	old = append(old, incident.Incident{Number: 9, GroupKey: "g", Status: incident.Resolved, Alerts: map[string]incident.Alert{"over": {Firing: true}}})
	url := fileURL(t)
	writeIncidents(t, url, old...)
	s := openURL(t, url)
	for i, k := range keys {
		number, err := s.OpenByGroup(t.Context(), k.is)
		require.NoError(t, err, k.is)
		require.EqualValues(t, i+1, number)
		inc, err := s.Incident(t.Context(), number)
		require.NoError(t, err)
		require.Equal(t, k.is, inc.GroupKey)
	}
	firing, err := s.Firing(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"fires": 1}, firing)
}
