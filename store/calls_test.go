package store

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"opsbot/handlers/audit"
	"opsbot/handlers/calls"
)

func TestCalls(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		r := calls.Record{ID: "c1", SourceID: "press-1", State: calls.Planned, Operation: "scale", CreatedAt: start}
		require.NoError(t, s.Create(ctx, r, audit.Event{At: start, Action: "requested", Call: "c1", Actor: "U1"}))
		again := r
		again.ID = "c2"
		require.ErrorIs(t, s.Create(ctx, again, audit.Event{Action: "requested"}), calls.ErrDuplicate)
		got, err := s.Call(ctx, "c1")
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(r, got))
		_, err = s.Call(ctx, "c2")
		require.ErrorIs(t, err, calls.ErrNotFound)

		r.State = calls.Running
		started := calls.Change{Record: r, Event: audit.Event{Action: "started", Call: "c1"}}
		require.NoError(t, s.Update(ctx, started))
		require.ErrorIs(t, s.Update(ctx, started), calls.ErrConflict)
		require.ErrorIs(t, s.Update(ctx, calls.Change{Record: calls.Record{ID: "c3"}}), calls.ErrNotFound)
		r.Version = 1
		running, err := s.Unfinished(ctx, calls.Running)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff([]calls.Record{r}, running))

		rows, err := s.AuditRows(ctx, 0, 10)
		require.NoError(t, err)
		require.Len(t, rows, 2, "what was refused is not in the record")
		verify(t, rows)
	})
}

func TestCallsThatBelongTogetherChangeTogetherOrNotAtAll(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		done := calls.Record{ID: "done", SourceID: "press-1", State: calls.Succeeded, CreatedAt: start}
		undo := calls.Record{ID: "undo", SourceID: "press-2", State: calls.Accepted, Undoes: "done", CreatedAt: start}
		late := calls.Record{ID: "late", SourceID: "press-3", State: calls.Accepted, Undoes: "done", CreatedAt: start}
		for _, r := range []calls.Record{done, undo, late} {
			require.NoError(t, s.Create(ctx, r, audit.Event{Action: "requested", Call: r.ID}))
		}
		done.Undone = &calls.Undone{User: "U1", Call: "undo"}
		undo.State, late.State = calls.Running, calls.Running
		undone := calls.Change{Record: done, Event: audit.Event{Action: "undone", Call: "done"}}
		require.NoError(t, s.Update(ctx, calls.Change{Record: undo, Event: audit.Event{Action: "started", Call: "undo"}}, undone))
		err := s.Update(ctx, calls.Change{Record: late, Event: audit.Event{Action: "started", Call: "late"}}, undone)
		require.ErrorIs(t, err, calls.ErrConflict)

		got, err := s.Call(ctx, "late")
		require.NoError(t, err)
		require.Equal(t, calls.Accepted, got.State, "the one is not stored without the other")
		rows, err := s.AuditRows(ctx, 0, 10)
		require.NoError(t, err)
		require.Len(t, rows, 5)
		verify(t, rows)
	})
}

func verify(t *testing.T, rows []audit.Row) {
	t.Helper()
	var prev audit.Row
	for _, row := range rows {
		require.NoError(t, audit.VerifyRow(prev, row))
		prev = row
	}
}

func TestAuditChainOfConcurrentCalls(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 25 {
					if err := s.Audit(t.Context(), audit.Event{Action: "x", Actor: "U1"}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		var rows []audit.Row
		for after := int64(0); ; after = rows[len(rows)-1].Seq {
			page, err := s.AuditRows(t.Context(), after, 60)
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			rows = append(rows, page...)
		}
		require.Len(t, rows, 200)
		verify(t, rows)
	})
}

func TestSeenEvent(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		seen := func(id string, now time.Time) bool {
			t.Helper()
			seen, err := s.SeenEvent(t.Context(), id, now)
			require.NoError(t, err)
			return seen
		}
		require.False(t, seen("Ev1", start))
		require.True(t, seen("Ev1", start))
		require.False(t, seen("Ev2", start))
		require.True(t, seen("Ev1", start.Add(6*time.Minute)), "Slack's last retry (SF-1.42)")
		require.False(t, seen("Ev3", start.Add(26*time.Hour)))
		require.False(t, seen("Ev1", start.Add(26*time.Hour)), "forgotten in the end")
	})
}

func TestAWishToStopReachesTheOpsbotThatRunsTheCall(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		for _, r := range []calls.Record{
			{ID: "runs", SourceID: "press-1", State: calls.Running, CreatedAt: start}, {ID: "waits", SourceID: "press-2", State: calls.Planned, CreatedAt: start},
		} {
			require.NoError(t, s.Create(ctx, r, audit.Event{Action: "requested", Call: r.ID}))
			require.NoError(t, s.RequestStop(ctx, r.ID, "U1"))
		}
		requests, err := s.StopRequests(ctx)
		require.NoError(t, err)
		require.Equal(t, map[string]string{"runs": "U1"}, requests, "what does not run cannot be stopped")
		own, err := s.Own(ctx)
		require.NoError(t, err)
		require.Len(t, own, 1)
		require.Equal(t, "runs", own[0].ID)

		_, err = s.db.Writes.Exec(ctx, `UPDATE calls SET owner = 'another' WHERE id = 'runs'`)
		require.NoError(t, err)
		requests, err = s.StopRequests(ctx)
		require.NoError(t, err)
		require.Empty(t, requests, "the other one looks for its own")
	})
}
