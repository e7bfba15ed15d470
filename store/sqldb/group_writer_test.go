package sqldb

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// errRefusing stands for what makes one write of many fail.
var errRefusing = errors.New("this write fails")

func TestOneFailureDoesNotSpoilTheCommitOfOthers(t *testing.T) {
	db := openDB(t, fileURL(t))
	good := func() *job {
		return &job{ctx: t.Context(), done: make(chan error, 1), do: func(t *Tx) error {
			_, err := t.Exec(`INSERT INTO journal (received_at, payload) VALUES (1, 'x')`)
			return err
		}}
	}
	bad := &job{ctx: t.Context(), done: make(chan error, 1), do: func(t *Tx) error {
		if _, err := t.Exec(`INSERT INTO journal (received_at, payload) VALUES (1, 'half')`); err != nil {
			return err
		}
		return errRefusing
	}}
	batch := []*job{good(), bad, good()}
	db.writer.(*groupWriter).commit(batch)
	require.NoError(t, <-batch[0].done)
	require.ErrorIs(t, <-bad.done, errRefusing)
	require.NoError(t, <-batch[2].done)
	var written int
	require.NoError(t, db.Reads.Row(t.Context(), `SELECT COUNT(*) FROM journal WHERE payload = 'x'`, nil, &written))
	require.Equal(t, 2, written)
	require.NoError(t, db.Reads.Row(t.Context(), `SELECT COUNT(*) FROM journal`, nil, &written))
	require.Equal(t, 2, written, "of a write that fails, nothing is left")
}

// BenchmarkAppend measures durable appends with 16 senders at once, as a storm of webhooks makes them. PostgreSQL is also
// measured with the group commit in the process that SQLite needs.
func BenchmarkAppend(b *testing.B) {
	for name, url := range map[string]func(testing.TB) string{"sqlite": fileURL, "postgres": postgres.URL} {
		b.Run(name, func(b *testing.B) { benchmarkAppend(b, openDB(b, url(b))) })
	}
	b.Run("postgres in groups", func(b *testing.B) {
		db := openDB(b, postgres.URL(b))
		w := newGroupWriter(db.Writes, db.committed)
		defer w.close()
		db.writer = w
		benchmarkAppend(b, db)
	})
}

func benchmarkAppend(b *testing.B, db *DB) {
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
				err := db.Write(b.Context(), func(t *Tx) error {
					var id int64
					return t.Row(`INSERT INTO journal (received_at, payload) VALUES (?, ?) RETURNING id`, []any{1, payload}, &id)
				})
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
}
