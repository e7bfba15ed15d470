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

func TestOneFailureDoesNotSpoilTheCommitOfOthers(t *testing.T) {
	s := openFile(t)
	good := func() *job {
		return &job{ctx: t.Context(), done: make(chan error, 1), do: func(t *tx) error {
			_, err := t.exec(`INSERT INTO journal (received_at, payload) VALUES (1, 'x')`)
			return err
		}}
	}
	bad := &job{ctx: t.Context(), done: make(chan error, 1), do: func(t *tx) error {
		if _, err := t.exec(`INSERT INTO journal (received_at, payload) VALUES (1, 'half')`); err != nil {
			return err
		}
		return incident.ErrConflict
	}}
	batch := []*job{good(), bad, good()}
	s.writer.(*groupWriter).commit(batch)
	require.NoError(t, <-batch[0].done)
	require.ErrorIs(t, <-bad.done, incident.ErrConflict)
	require.NoError(t, <-batch[2].done)
	pending, err := s.Pending(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, pending, 2)
}

// BenchmarkAppend measures durable appends with 16 senders at once, as a storm of webhooks makes them. PostgreSQL is also
// measured with the group commit in the process that SQLite needs.
func BenchmarkAppend(b *testing.B) {
	onEachServer(b, benchmarkAppend)
	b.Run("postgres in groups", func(b *testing.B) {
		s := openURL(b, postgresURL(b))
		w := newGroupWriter(s.writes, s.written)
		defer w.close()
		s.writer = w
		benchmarkAppend(b, s)
	})
}

func benchmarkAppend(b *testing.B, s *Store) {
	payload := make([]byte, 1500) // a delivery of one alert
	work := make(chan struct{}, b.N)
	for range b.N {
		work <- struct{}{}
	}
	close(work)
	b.ResetTimer()
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range work {
				if _, err := s.Append(b.Context(), start, payload); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
}

// What no column takes is told from a database that is in trouble: only the one makes a delivery be set aside.
func TestRefusedDataIsNoTroubleOfTheDatabase(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		err := s.write(t.Context(), "write nonsense", func(x *tx) error {
			_, err := x.exec(`INSERT INTO journal (id, received_at, payload) VALUES ('nonsense', 1, 'x')`)
			return err
		})
		require.ErrorIs(t, err, incident.ErrRefused)
	})
}
