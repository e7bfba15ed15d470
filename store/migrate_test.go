package store

import (
	"encoding/json"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"opsbot/escalation"
)

// atVersion makes a database as an older opsbot left it.
func atVersion(t *testing.T, version int64, incidents ...escalation.Incident) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "opsbot.db")
	db, err := openPool(path, 1)
	require.NoError(t, err)
	defer db.Close()
	files, err := fs.Sub(migrationFiles, "migrations/sqlite")
	require.NoError(t, err)
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	require.NoError(t, err)
	_, err = provider.UpTo(t.Context(), version)
	require.NoError(t, err)
	for _, inc := range incidents {
		body, err := json.Marshal(inc)
		require.NoError(t, err)
		_, err = db.Exec(`INSERT INTO incidents (number, version, group_key, status, due_at, body) VALUES (?, 1, ?, ?, 0, ?)`,
			inc.Number, inc.GroupKey, inc.Status, string(body))
		require.NoError(t, err)
	}
	return path
}

// An incident that was open before the upgrade goes on after it.
func TestIncidentsOfVersion1(t *testing.T) {
	alerts := map[string]escalation.Alert{
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
	var old []escalation.Incident
	for i, k := range keys {
		old = append(old, escalation.Incident{Number: int64(i + 1), GroupKey: k.was, Status: escalation.Open})
	}
	old[0].Alerts = alerts
	old = append(old, escalation.Incident{Number: 9, GroupKey: "g", Status: escalation.Resolved, Alerts: map[string]escalation.Alert{"over": {Firing: true}}})
	s, err := openAt(t, atVersion(t, 1, old...))
	require.NoError(t, err)
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
