package store

import (
	"context"
	"time"
)

// Stats are figures for metrics.
type Stats struct {
	JournalPending     int64
	JournalQuarantined int64
	// JournalOldest is when the oldest pending delivery was received; zero when none is.
	JournalOldest   time.Time
	IncidentsActive int64
	OutboxPending   int64
	// OutboxOldest is since when the oldest pending message waits.
	OutboxOldest time.Time
	AuditRows    int64
}

// Stats reads the figures. All of them come from indexes of what is open.
func (s *Store) Stats(ctx context.Context) (Stats, error) {
	var (
		st               Stats
		journal, waiting int64
	)
	for _, q := range []struct {
		query string
		into  []any
	}{
		{`SELECT COUNT(*) FROM journal WHERE state = 0`, []any{&st.JournalPending}},
		{`SELECT COALESCE((SELECT received_at FROM journal WHERE state = 0 ORDER BY id LIMIT 1), 0)`, []any{&journal}},
		{`SELECT COUNT(*) FROM journal WHERE state = 2`, []any{&st.JournalQuarantined}},
		{`SELECT COUNT(*) FROM incidents WHERE status <> 'resolved'`, []any{&st.IncidentsActive}},
		{`SELECT COUNT(*), COALESCE(MIN(queued_at), 0) FROM outbox WHERE pending = 1`, []any{&st.OutboxPending, &waiting}},
		{`SELECT COALESCE(MAX(seq), 0) FROM audit`, []any{&st.AuditRows}},
	} {
		if err := s.db.Reads.Row(ctx, q.query, nil, q.into...); err != nil {
			return Stats{}, wrap("read figures", err)
		}
	}
	st.JournalOldest, st.OutboxOldest = fromNanos(journal), fromNanos(waiting)
	return st, nil
}
