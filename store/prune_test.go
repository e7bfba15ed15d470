package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/handlers/audit"
	"opsbot/messages"
)

func TestPrune(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx, o := t.Context(), s.Outbox()
		now := start
		s.now = func() time.Time { return now }

		processed, err := s.Append(ctx, start, []byte("processed"))
		require.NoError(t, err)
		quarantined, err := s.Append(ctx, start, []byte("quarantined"))
		require.NoError(t, err)
		pending, err := s.Append(ctx, start, []byte("pending"))
		require.NoError(t, err)
		young, err := s.Append(ctx, start.Add(time.Hour), []byte("processed, young"))
		require.NoError(t, err)
		require.NoError(t, s.Apply(ctx, escalation.Change{Processed: []int64{processed, young}}))
		require.NoError(t, s.Quarantine(ctx, quarantined, "not JSON"))

		header, update := incident.HeaderKey(1), incident.UpdateKey(1)
		require.NoError(t, s.Put(ctx, outbound("sent", messages.LaneEntry, "C1", ""), outbound("edited lately", messages.LaneEntry, "C1", ""),
			outbound("failed", messages.LaneEntry, "C1", ""), outbound("cancelled", messages.LaneEntry, "C1", ""),
			outbound("waits", messages.LaneEntry, "C1", ""), outbound(header, messages.LaneHeader, "C1", ""),
			outbound(update, messages.LaneUpdate, "C2", "")))
		done := func(key string) {
			t.Helper()
			row := rowOf(t, s, key)
			require.NoError(t, o.Done(ctx, row.id, row.version, "C1", fmt.Sprintf("1.%06d", row.id), now))
		}
		done("sent")
		done("edited lately")
		done(header)
		done(update)
		require.NoError(t, o.Fail(ctx, rowOf(t, s, "failed").id, 1, "x", now))
		require.NoError(t, s.Apply(ctx, escalation.Change{Incident: incident.Incident{Number: 1, Status: incident.Open}, CancelMessages: []string{"cancelled"}}))
		require.NoError(t, s.Audit(ctx, audit.Event{At: start, Action: "x"}))
		now = start.Add(time.Hour)
		require.NoError(t, s.Put(ctx, outbound("edited lately", messages.LaneEntry, "C1", "again"), outbound("young", messages.LaneEntry, "C1", "")))
		done("edited lately")
		done("young")

		before := start.Add(time.Minute)
		got, err := s.Prune(ctx, before)
		require.NoError(t, err)
		require.Equal(t, Pruned{Journal: 1, Messages: 3}, got)
		require.Equal(t, []int64{quarantined, pending, young}, idsOf(t, s, `SELECT id FROM journal ORDER BY id`))
		for _, key := range []string{"edited lately", "waits", header, update, "young"} {
			require.NotZero(t, rowOf(t, s, key).id, key)
		}
		require.Equal(t, []string{"waits"}, dueKeys(t, o, now))
		rows, err := s.AuditRows(ctx, 0, 10)
		require.NoError(t, err)
		require.Len(t, rows, 1)

		got, err = s.Prune(ctx, before)
		require.NoError(t, err)
		require.Zero(t, got, "nothing is left to do")
	})
}

func TestPruneInBatches(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		const n = 2*pruneBatch + 1
		var ids []int64
		for range n {
			id, err := s.Append(t.Context(), start, []byte("x"))
			require.NoError(t, err)
			ids = append(ids, id)
		}
		require.NoError(t, s.Apply(t.Context(), escalation.Change{Processed: ids}))
		got, err := s.Prune(t.Context(), start.Add(time.Second))
		require.NoError(t, err)
		require.Equal(t, Pruned{Journal: n}, got)
	})
}

type storedRow struct{ id, version int64 }

func rowOf(t *testing.T, s *Store, key string) (r storedRow) {
	t.Helper()
	require.NoError(t, s.db.Reads.Row(t.Context(), `SELECT id, version FROM outbox WHERE key = ?`, []any{key}, &r.id, &r.version))
	return r
}

func idsOf(t *testing.T, s *Store, query string) []int64 {
	t.Helper()
	ids, err := s.ids(t.Context(), query)
	require.NoError(t, err)
	return ids
}
