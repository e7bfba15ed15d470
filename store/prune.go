package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// pruneBatch is how many rows one transaction deletes: the writer belongs to incoming deliveries again after a moment.
const pruneBatch = 200

// Pruned tells how many rows Prune deleted.
type Pruned struct {
	Journal  int64 // deliveries
	Messages int64
}

// Prune deletes what nobody needs any more of the time before: processed deliveries, and messages that were sent, given up or
// cancelled. Whatever waits stays, and so do quarantined deliveries, incidents with their timelines and pages, calls, the
// audit record, the headers of incidents, by which their threads are known, and the messages for stakeholders, which would otherwise
// be posted again when they change. Other writes go on meanwhile. After an error the rest is left for the next time.
func (s *Store) Prune(ctx context.Context, before time.Time) (p Pruned, err error) {
	at := nanos(before)
	p.Journal, err = s.prune(ctx, "journal", prunableJournal, pruneJournal, at)
	if err == nil {
		p.Messages, err = s.prune(ctx, "outbox", prunableOutbox, pruneOutbox, at)
	}
	return p, err
}

// The rows to delete are found by a reader, so that the writer does not wait for the search. Ids grow with time: the first
// row that is too young ends it. The conditions are checked again at the deletion, because a message may have been put
// again meanwhile.
const (
	prunableJournal = `SELECT id FROM journal WHERE id > ? AND state = 1 AND received_at < ?
		AND id < COALESCE((SELECT id FROM journal WHERE received_at >= ? ORDER BY id LIMIT 1), 9223372036854775807) ORDER BY id LIMIT ?`
	pruneJournal = `DELETE FROM journal WHERE id = ? AND state = 1 AND received_at < ?`

	prunableOutbox = `SELECT id FROM outbox WHERE id > ? AND pending = 0 AND queued_at < ? AND key NOT LIKE 'incident/%/header' AND key NOT LIKE 'incident/%/update'
		AND id < COALESCE((SELECT id FROM outbox WHERE created_at >= ? ORDER BY id LIMIT 1), 9223372036854775807) ORDER BY id LIMIT ?`
	pruneOutbox = `DELETE FROM outbox WHERE id = ? AND pending = 0 AND queued_at < ?`
)

func (s *Store) prune(ctx context.Context, what, find, remove string, before int64) (removed int64, err error) {
	for last := int64(0); ; {
		ids, err := s.ids(ctx, find, last, before, before, pruneBatch)
		if err != nil || len(ids) == 0 {
			return removed, wrap("find old rows of the "+what, err)
		}
		last = ids[len(ids)-1]
		n := int64(0)
		err = s.write(ctx, fmt.Sprintf("delete old rows of the %s up to %d", what, last), func(t *tx) error {
			for _, id := range ids {
				ok, err := t.Change(remove, id, before)
				if err != nil {
					return err
				}
				if ok {
					n++
				}
			}
			return nil
		})
		if err != nil {
			return removed, err
		}
		removed += n
	}
}

func (s *Store) ids(ctx context.Context, query string, args ...any) (ids []int64, err error) {
	err = s.db.Reads.Each(ctx, query, args, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}
