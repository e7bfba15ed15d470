package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/handlers/audit"
)

// rewritings are statements that would change or shorten the audit record. Each one is refused, on each kind of database.
var rewritings = []string{
	`DELETE FROM audit`,
	`DELETE FROM audit WHERE seq = 2`,
	`UPDATE audit SET event = '{}' WHERE seq = 1`,
	`UPDATE audit SET seq = seq + 10`,
	`INSERT INTO audit (seq, prev, hash, event) VALUES (2, '', 'h', '{}') ON CONFLICT (seq) DO UPDATE SET hash = 'h'`,
}

func TestTheAuditRecordIsAppendOnly(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		statements := append(rewritings, `REPLACE INTO audit (seq, prev, hash, event) VALUES (2, '', 'h', '{}')`)
		if s.db.IsPostgres() {
			statements = append(rewritings, `TRUNCATE audit`, `TRUNCATE audit, calls CASCADE`)
		}
		for range 2 {
			require.NoError(t, s.Audit(t.Context(), audit.Event{At: start, Action: "x"}))
		}
		before, err := s.AuditRows(t.Context(), 0, 10)
		require.NoError(t, err)
		for _, statement := range statements {
			_, err := s.db.Writes.Exec(t.Context(), statement)
			require.ErrorContains(t, err, "append-only", statement)
		}
		after, err := s.AuditRows(t.Context(), 0, 10)
		require.NoError(t, err)
		require.Equal(t, before, after)
		require.NoError(t, s.Audit(t.Context(), audit.Event{At: start, Action: "the record goes on"}))
	})
}
