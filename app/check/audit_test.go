package check

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"opsbot/artifacts"
	"opsbot/configs"
	"opsbot/handlers/audit"
	"opsbot/internal/apptest"
	"opsbot/store"
)

const auditKey = "0123456789abcdef0123456789abcdef"

// auditStory is a database with a record, and a directory with its checkpoints.
type auditStory struct {
	t         *testing.T
	config    configs.Config
	file, dir string
	at        time.Time
}

func newAuditStory(t *testing.T) *auditStory {
	t.Helper()
	file := filepath.Join(t.TempDir(), "opsbot.db")
	config, err := configs.Load(configs.Source{File: apptest.WriteConfigOn(t, apptest.Workspace(t), "127.0.0.1:0", "sqlite://"+file)})
	require.NoError(t, err)
	config.Audit.Keys = []configs.Secret{configs.NewSecret(auditKey)}
	return &auditStory{t: t, config: *config, file: file, dir: t.TempDir(), at: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
}

// writes adds events, and makes a checkpoint of them.
func (s *auditStory) writes(events int, action string) {
	s.t.Helper()
	ctx := s.t.Context()
	db, err := store.Open(ctx, "sqlite://"+s.file, store.Options{})
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, db.Close()) }()
	for range events {
		require.NoError(s.t, db.Audit(ctx, audit.Event{At: s.at, Action: action, Actor: "U0LEAD"}))
	}
	files, err := artifacts.Open(ctx, "file://"+s.dir)
	require.NoError(s.t, err)
	defer files.Close()
	s.at = s.at.Add(time.Hour)
	k := audit.Checkpointer{Record: db, Keys: audit.Keys{auditKey}, Places: []audit.Place{audit.Archive{Files: files}}, Now: func() time.Time { return s.at }, Log: zap.NewNop()}
	require.NoError(s.t, k.Make(ctx))
}

// tampers does what the owner of the database can do: remove the triggers, and then anything.
func (s *auditStory) tampers(statements ...string) {
	s.t.Helper()
	db, err := sql.Open("sqlite", s.file)
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, db.Close()) }()
	for _, trigger := range []string{"audit_no_update", "audit_no_delete", "audit_no_replace"} {
		_, err = db.ExecContext(s.t.Context(), "DROP TRIGGER "+trigger)
		require.NoError(s.t, err)
	}
	for _, statement := range statements {
		_, err = db.ExecContext(s.t.Context(), statement)
		require.NoError(s.t, err, statement)
	}
}

// chain are statements that write a record of their own, correctly chained, behind row after.
func (s *auditStory) chain(after audit.Row, n int) (statements []string) {
	s.t.Helper()
	for range n {
		row, err := audit.Chain(after, audit.Event{At: s.at, Action: "harmless"})
		require.NoError(s.t, err)
		statements = append(statements, fmt.Sprintf(`INSERT INTO audit (seq, prev, hash, event) VALUES (%d, '%s', '%s', CAST('%s' AS BLOB))`, row.Seq, row.Prev, row.Hash, row.Event))
		after = row
	}
	return statements
}

func (s *auditStory) row(number int64) audit.Row {
	s.t.Helper()
	db, err := store.OpenReadOnly(s.t.Context(), "sqlite://"+s.file)
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, db.Close()) }()
	rows, err := db.AuditRows(s.t.Context(), number-1, 1)
	require.NoError(s.t, err)
	return rows[0]
}

func (s *auditStory) verify(against string) (string, error) {
	var out strings.Builder
	err := Audit(s.t.Context(), &out, s.config, against)
	return out.String(), err
}

func TestVerifyProvesAndSaysWhatItCannot(t *testing.T) {
	s := newAuditStory(t)
	s.writes(10, "x")
	s.writes(10, "x")
	out, err := s.verify("")
	require.NoError(t, err)
	require.Contains(t, out, "ok    the chain holds over 20 rows")
	require.Contains(t, out, "warn  compared with no checkpoint: that its end was not cut off, that it was not emptied and not computed anew is not proven")

	for _, against := range []string{s.dir, "file://" + s.dir} {
		out, err = s.verify(against)
		require.NoError(t, err)
		require.Contains(t, out, "ok    rows 1 to 20 are those of the checkpoint of 2026-03-02T14:00:00Z; for the 0 rows after it only the chain speaks")
		require.NotContains(t, out, "warn")
	}
	s.config.Audit.Keys = nil
	out, err = s.verify(s.dir)
	require.NoError(t, err)
	require.Contains(t, out, "warn  the checkpoints' signatures are not checked: audit.keys is empty")
}

func TestVerifyFindsWhatTheDatabasesOwnerDid(t *testing.T) {
	for name, c := range map[string]struct {
		does func(*auditStory) []string
		says string
	}{
		"cut": {func(*auditStory) []string { return []string{`DELETE FROM audit WHERE seq > 15`} },
			"FAIL  the end was cut off: 15 rows are left, and there were 20 at the checkpoint of 2026-03-02T14:00:00Z. Earlier checkpoints prove rows up to 10"},
		"emptied": {func(*auditStory) []string { return []string{`DELETE FROM audit`} }, "FAIL  the record was emptied: at the checkpoint of 2026-03-02T14:00:00Z it had 20 rows"},
		"emptied and dropped in": {func(s *auditStory) []string {
			return append([]string{`DELETE FROM audit`}, s.chain(audit.Row{}, 30)...)
		},
			"FAIL  rows 1 to 10 were computed anew"},
		"computed anew from a row on": {func(s *auditStory) []string {
			return append([]string{`DELETE FROM audit WHERE seq > 12`}, s.chain(s.row(12), 8)...)
		},
			"FAIL  rows 11 to 20 were computed anew: the chain holds, but it is not the one of the checkpoint of 2026-03-02T14:00:00Z"},
		"changed": {func(*auditStory) []string {
			return []string{`UPDATE audit SET event = CAST(replace(event, 'U0LEAD', 'U0ELSE') AS BLOB) WHERE seq = 7`}
		},
			"FAIL  audit row 7: was changed after it was written"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newAuditStory(t)
			s.writes(10, "x")
			s.writes(10, "x")
			s.tampers(c.does(s)...)
			out, err := s.verify(s.dir)
			var findings *Findings
			require.ErrorAs(t, err, &findings)
			require.Contains(t, out, c.says)
			require.NotContains(t, out, "ok ")
		})
	}
}

func TestCheckpointsThatProveNothing(t *testing.T) {
	s := newAuditStory(t)
	s.writes(10, "x")
	file := filepath.Join(t.TempDir(), "checkpoints")
	unsigned, err := json.Marshal(audit.NewCheckpoint(s.row(10), s.at, nil))
	require.NoError(t, err)
	unknown, err := json.Marshal(audit.NewCheckpoint(s.row(10), s.at, audit.Keys{"another key, of another opsbot .."}))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, bytes.Join([][]byte{unsigned, unknown, nil}, []byte("\n")), 0o600))
	out, err := s.verify(file)
	require.Error(t, err)
	require.Contains(t, out, "warn  the checkpoint of 2026-03-02T13:00:00Z (row 10) proves nothing: it is not signed")
	require.Contains(t, out, "proves nothing: none of audit.keys has signed it")
	require.Contains(t, out, "FAIL  no checkpoint to compare with: 2 found")

	forged := audit.NewCheckpoint(s.row(9), s.at, audit.Keys{auditKey})
	forged.Rows, forged.Head = 10, s.row(10).Hash
	line, err := json.Marshal(forged)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, line, 0o600))
	out, err = s.verify(file)
	require.Error(t, err)
	require.Contains(t, out, "was changed: its signature is wrong")

	_, err = s.verify(filepath.Join(t.TempDir(), "nothing"))
	require.ErrorContains(t, err, "no such file")
}

func TestExportIsJSONLines(t *testing.T) {
	s := newAuditStory(t)
	s.writes(1200, "x")
	var out bytes.Buffer
	require.NoError(t, ExportAudit(t.Context(), &out, s.config, 0))
	require.Equal(t, 1200, bytes.Count(out.Bytes(), []byte("\n")))
	out.Reset()
	require.NoError(t, ExportAudit(t.Context(), &out, s.config, 1199))
	var line struct {
		Seq   int64
		Event audit.Event
	}
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	require.EqualValues(t, 1200, line.Seq)
	require.Equal(t, "U0LEAD", line.Event.Actor)
}
