package check

import (
	"context"
	"database/sql"
	"io"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
	"opsbot/handlers/audit"
	"opsbot/messages"
	"opsbot/store"
)

// endlessRows is a record of n rows that is made while it is read.
type endlessRows struct {
	n    int64
	last audit.Row
}

func (r *endlessRows) AuditRows(_ context.Context, _ int64, limit int) ([]audit.Row, error) {
	var rows []audit.Row
	for len(rows) < limit && r.last.Seq < r.n {
		row, err := audit.Chain(r.last, audit.Event{At: time.Unix(r.last.Seq, 0), Action: "succeeded", Call: "0f3a8e31-4b2c", Actor: "U0LEAD", User: "lead@company.com", Command: "scale user-service 5"})
		if err != nil {
			return nil, err
		}
		rows, r.last = append(rows, row), row
	}
	return rows, nil
}

// Verifying keeps a page of rows in memory, however long the record is.
func TestVerifyNeedsNoMoreMemoryForMoreRows(t *testing.T) {
	texts, err := messages.Load()
	require.NoError(t, err)
	peak := func(n int64) uint64 {
		k := checker{out: io.Discard, printer: texts.Printer(messages.English, messages.Plain())}
		rows := &measuredRows{endlessRows: endlessRows{n: n}}
		require.NoError(t, k.verifyAudit(t.Context(), rows, nil))
		require.Zero(t, k.bad)
		return rows.peak
	}
	few, many := peak(5_000), peak(100_000)
	require.Less(t, many, few+4<<20, "bytes in use")
}

type measuredRows struct {
	endlessRows
	peak uint64
}

func (r *measuredRows) AuditRows(ctx context.Context, after int64, limit int) ([]audit.Row, error) {
	rows, err := r.endlessRows.AuditRows(ctx, after, limit)
	if after%10_000 == 0 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		r.peak = max(r.peak, m.HeapAlloc)
	}
	return rows, err
}

// BenchmarkAuditVerify is opsbot audit verify of a million rows in SQLite: go test ./app/check -run - -bench AuditVerify -benchtime 1x
func BenchmarkAuditVerify(b *testing.B) {
	const rows = 1_000_000
	file := filepath.Join(b.TempDir(), "opsbot.db")
	fillAudit(b, file, rows)
	c := configs.Default()
	var err error
	c.Storage.URL.URL, err = configs.ParseURL("sqlite://" + file)
	require.NoError(b, err)
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var peak atomic.Uint64
	stop := watchHeap(&peak)
	for b.Loop() {
		require.NoError(b, Audit(b.Context(), io.Discard, c, ""))
	}
	stop()
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(peak.Load()-before.HeapAlloc)/1e6, "peak-MB")
}

// watchHeap notes the most memory in use until it is stopped.
func watchHeap(peak *atomic.Uint64) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(10 * time.Millisecond)
		defer ticker.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse))
			select {
			case <-done:
				return
			case <-ticker.C:
			}
		}
	}()
	return func() { close(done); <-ended }
}

// fillAudit writes a record in one transaction.
func fillAudit(b *testing.B, file string, n int64) {
	b.Helper()
	s, err := store.Open(b.Context(), "sqlite://"+file, store.Options{})
	require.NoError(b, err)
	require.NoError(b, s.Close())
	db, err := sql.Open("sqlite", file)
	require.NoError(b, err)
	defer func() { require.NoError(b, db.Close()) }()
	tx, err := db.BeginTx(b.Context(), nil)
	require.NoError(b, err)
	insert, err := tx.PrepareContext(b.Context(), `INSERT INTO audit (seq, prev, hash, event) VALUES (?, ?, ?, ?)`)
	require.NoError(b, err)
	source := endlessRows{n: n}
	require.NoError(b, eachAuditRow(b.Context(), &source, 0, func(row audit.Row) error {
		_, err := insert.ExecContext(b.Context(), row.Seq, row.Prev, row.Hash, row.Event)
		return err
	}))
	require.NoError(b, insert.Close())
	require.NoError(b, tx.Commit())
}
