package store

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/engine"
	"opsbot/escalation/incident"
)

func TestJournal(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		first, err := s.Append(ctx, start, []byte("first"))
		require.NoError(t, err)
		second, err := s.Append(ctx, start, []byte("second"))
		require.NoError(t, err)
		third, err := s.Append(ctx, start, []byte("third"))
		require.NoError(t, err)

		pending, err := s.Pending(ctx, 2)
		require.NoError(t, err)
		require.Equal(t, []engine.JournalEntry{
			{ID: first, ReceivedAt: start, Payload: []byte("first")},
			{ID: second, ReceivedAt: start, Payload: []byte("second")},
		}, pending, "oldest first, no more than asked for")

		require.NoError(t, s.Apply(ctx, escalation.Change{Processed: []int64{first}}))
		require.NoError(t, s.Quarantine(ctx, second, "not JSON"))
		require.ErrorIs(t, s.Apply(ctx, escalation.Change{Processed: []int64{third, first}}), incident.ErrConflict)

		pending, err = s.Pending(ctx, 10)
		require.NoError(t, err)
		require.Len(t, pending, 1, "a refused change processes nothing")
		require.Equal(t, third, pending[0].ID)

		stats, err := s.Stats(ctx)
		require.NoError(t, err)
		require.Equal(t, Stats{JournalPending: 1, JournalQuarantined: 1, JournalOldest: start}, stats)
	})
}

func TestPendingIsBoundedInBytes(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		for _, size := range []int{pendingBytes + 1, pendingBytes / 2, pendingBytes / 2, 1} {
			_, err := s.Append(t.Context(), start, make([]byte, size))
			require.NoError(t, err)
		}
		for _, want := range []int{1, 2, 1, 0} {
			pending, err := s.Pending(t.Context(), 10)
			require.NoError(t, err)
			require.Len(t, pending, want)
			var done []int64
			for _, e := range pending {
				done = append(done, e.ID)
			}
			require.NoError(t, s.Apply(t.Context(), escalation.Change{Processed: done}))
		}
	})
}

func TestAppendConcurrently(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		const senders, each = 16, 50
		var wg sync.WaitGroup
		errs := make(chan error, senders*each)
		for sender := range senders {
			wg.Go(func() {
				for i := range each {
					_, err := s.Append(t.Context(), start, fmt.Appendf(nil, "%d/%d", sender, i))
					errs <- err
				}
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			require.NoError(t, err)
		}
		pending, err := s.Pending(t.Context(), 2*senders*each)
		require.NoError(t, err)
		payloads := map[string]bool{}
		for _, e := range pending {
			payloads[string(e.Payload)] = true
		}
		require.Len(t, payloads, senders*each)
	})
}

func TestAppendGivesUpWithItsCaller(t *testing.T) {
	s := openFile(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Append(ctx, start, []byte("x"))
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Append(t.Context(), start, []byte("y"))
	require.NoError(t, err)
}

// What no column takes is told from a database that is in trouble: only the one makes a delivery be set aside.
func TestRefusedDataIsNoTroubleOfTheDatabase(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		err := s.write(t.Context(), "write nonsense", func(x *tx) error {
			_, err := x.Exec(`INSERT INTO journal (id, received_at, payload) VALUES ('nonsense', 1, 'x')`)
			return err
		})
		require.ErrorIs(t, err, incident.ErrRefused)
	})
}
